package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"modelbeam/app/autostart"
	"modelbeam/app/awake"
	"modelbeam/app/settings"
	"modelbeam/tunnel"
)

// Awake says whether this computer is kept from going to sleep by itself.
type Awake struct {
	Held bool     `json:"held"`
	For  []string `json:"for,omitempty"` // the devices that are answered, or were within the last minute, by name
	// WhyNot is set when there are such devices and the computer may go to sleep all the same: "battery" when that is
	// nearly empty, "refused" when the system does not let us.
	WhyNot  awake.WhyNot `json:"why_not,omitempty"`
	Plugged bool         `json:"plugged"` // a setting: stay awake all the time on mains power while sharing
}

// Login says whether Modelbeam starts when the person logs in.
type Login struct {
	State autostart.State `json:"state"`
	Why   string          `json:"why,omitempty"` // a sentence, when it is unavailable
}

// ID names Modelbeam to systems and desktops, for good.
const ID = "app.modelbeam.Modelbeam"

// kindClosedLid is the hint about what no program can do.
const kindClosedLid = "closed-lid"

// computer is what is asked of the computer itself: not to sleep, and to start us.
type computer struct {
	log      *slog.Logger
	news     *news
	settings *settings.Store
	gateway  *tunnel.Gateway
	open     func() bool // phones are let in
	keeper   *awake.Keeper
	entry    autostart.Entry
	disk     *lane // what concerns entry

	mu    sync.Mutex // guards what follows
	login Login
	lid   bool // the person should know of the lid
}

func newComputer(c *computer, atLogin []string) *computer {
	c.disk = newLane()
	c.keeper = awake.New(c.demand, c.keptAwake, c.log)
	c.entry = autostart.Entry{ID: ID, Name: "Modelbeam", Command: atLogin}
	c.login.State = autostart.Off
	return c
}

// run keeps the computer awake when that is needed, until ctx ends.
func (c *computer) run(ctx context.Context) {
	var entry sync.WaitGroup
	defer entry.Wait()
	entry.Go(func() { c.disk.run(ctx) })
	c.look()
	c.keeper.Run(ctx)
}

// demand is what there is to stay awake for.
func (c *computer) demand() awake.Demand {
	d := awake.Demand{Sharing: c.open(), Plugged: c.settings.Get().AwakePlugged}
	for _, x := range c.gateway.Running() {
		if x.Works {
			d.Answering = append(d.Answering, x.Device.Name)
		}
	}
	return d
}

// keptAwake is told when the computer begins or ceases to be kept awake.
func (c *computer) keptAwake() {
	c.noteLid(c.keeper.Status())
	c.news.changed()
}

// noteLid has the person told of the lid when it matters for the first time.
func (c *computer) noteLid(s awake.Status) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lid = c.lid || s.Held && s.Laptop && len(s.For) > 0
}

// stayAwake sets whether the computer stays awake all the time on mains power.
func (c *computer) stayAwake(plugged bool) {
	c.settings.Change(func(s *settings.Settings) { s.AwakePlugged = plugged })
	c.keeper.Nudge()
	c.news.changed()
}

// awake is what the State says of it.
func (c *computer) awake() Awake {
	s := c.keeper.Status()
	return Awake{Held: s.Held, For: s.For, WhyNot: s.WhyNot, Plugged: c.settings.Get().AwakePlugged}
}

// hints tell, until the person has read it, that a closed lid is stronger than we.
func (c *computer) hints() []Hint {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.lid || c.settings.Get().LidTold {
		return nil
	}
	return []Hint{wordClosedLid()}
}

// lidRead notes that the person has read of the lid.
func (c *computer) lidRead() {
	c.settings.Change(func(s *settings.Settings) { s.LidTold = true })
	c.news.changed()
}

// startAtLogin has the system start Modelbeam when the person logs in, or not any more.
func (c *computer) startAtLogin(on bool) {
	c.disk.later(func() {
		err := c.entry.Set(on)
		if err != nil {
			c.news.problem(ProblemNotAtLogin, notAtLogin(err))
		} else {
			c.news.problem(ProblemNotAtLogin, nil)
		}
		c.lookNow()
	})
}

// look finds out whether Modelbeam starts at login. Others change that without telling us.
func (c *computer) look() { c.disk.later(c.lookNow) }

func (c *computer) lookNow() {
	state, err := c.entry.State()
	l := Login{State: state}
	if err != nil {
		l.Why = err.Error()
		if !errors.Is(err, autostart.ErrNoProgram) {
			c.log.Info("look whether the system starts us", "error", err)
		}
	}
	c.mu.Lock()
	c.login = l
	c.mu.Unlock()
	c.news.changed()
}

// atLogin is what the State says of it.
func (c *computer) atLogin() Login {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.login
}
