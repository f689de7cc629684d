// Package app is the core of Modelbeam: one Controller that finds the local LLM servers, opens
// the gateway in front of them, lets phones pair, and says all of it in one State. It knows
// nothing of windows and terminals: they render the State and call the Controller.
package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"modelbeam/app/devices"
	"modelbeam/app/pairing"
	"modelbeam/app/secrets"
	"modelbeam/app/settings"
	"modelbeam/app/store"
	"modelbeam/app/usage"
	"modelbeam/discovery/lan"
	"modelbeam/tunnel"
)

// Controller runs the product. Its methods may be called from any goroutine and return at
// once; what they lead to arrives as the next State.
type Controller struct {
	opts     Options
	log      *slog.Logger
	id       string // of this installation, for good
	settings *settings.Store
	devices  *devices.Store
	usage    *usage.Ledger
	secrets  *secrets.Store
	codes    pairing.Codes
	gateway  *tunnel.Gateway

	servers  *servers
	watchers watchers
	journal  journal
	errands  *errands

	announce chan struct{} // wakes keepAnnounced: what is announced may have changed
	recode   chan struct{} // wakes keepCode: somebody looks, or a code was used
	tasks    *tasks        // for work: what waits for the disk
	used     chan struct{} // wakes work: the usage has changed
	busy     chan struct{} // wakes keepCounting: an answer is under way
	retry    chan struct{} // wakes share: try to open the gateway again

	catalog sync.Mutex // guards what follows, and keeps older lists from overtaking newer ones
	shared  []listed   // what the gateway was told
	looked  bool       // the first look for servers is over, and its outcome shared

	mu        sync.Mutex // guards all that follows
	listen    string     // the gateway's bound address; empty until it is open
	paused    bool
	looking   bool // somebody can see the pairing code
	network   []lan.Candidate
	missing   lan.Reason // why network is empty
	bound     bool       // we have the one address that we listen on, or listen on all
	surveyed  bool       // network has been looked at
	invited   Invitation // to what the pairing code invites
	pairing   Pairing
	paired    string // the name of the device that paired last
	pairedAt  time.Time
	minted    map[string]bool           // devices made for the code of an app and not seen yet
	known     map[string]devices.Device // the devices as they were last, by ID
	unknown   bool                      // known is not the whole list: that could not be read yet
	seen      map[string]devices.Sight  // how devices were last seen, by ID; not yet all on disk
	seenSaved time.Time                 // when seen was saved
	left      map[string]bool           // addresses that we had and have no more
	moved     string                    // the address that the person knows is new
	refused   map[refusal]bool          // what servers refuse
	problems  map[string]*Problem       // by kind
}

// New makes a Controller for the state folder of o. Files there that make no sense are set
// aside, and those that cannot be read are tried again; the State tells of both.
func New(o Options, log *slog.Logger) *Controller { return newController(o, log, store.Save) }

// newController makes a Controller whose settings are written by save.
func newController(o Options, log *slog.Logger, save func(path string, v any) error) *Controller {
	c := &Controller{
		opts:     o,
		log:      log,
		announce: make(chan struct{}, 1),
		recode:   make(chan struct{}, 1),
		tasks:    newTasks(),
		errands:  newErrands(),
		used:     make(chan struct{}, 1),
		busy:     make(chan struct{}, 1),
		retry:    make(chan struct{}, 1),
		invited:  o.Guest,
		seen:     make(map[string]devices.Sight),
		left:     make(map[string]bool),
		problems: make(map[string]*Problem),
		refused:  make(map[refusal]bool),
		known:    make(map[string]devices.Device),
		minted:   make(map[string]bool),
	}
	c.load(save)
	remembered := c.settings.Get()
	c.id = remembered.ID
	c.secrets = secrets.New(filepath.Join(o.StateDir, "keys.json"))
	c.servers = newServers(o, remembered.ServerIDs, log, c.serversChanged)
	c.addRemembered()
	names := hostNames(o, c.id)
	c.gateway = &tunnel.Gateway{
		Name:    displayName(remembered),
		ID:      c.id,
		Keys:    keyring{c.devices},
		Pair:    c.pair,
		Prove:   c.devices.Prove,
		Spend:   c.spend,
		Refund:  c.refund,
		Local:   c.localURL,
		Refresh: c.servers.refresh,

		ServerWantsKey: c.serverWantsKey,

		Hosts:    func() []string { return names },
		Networks: newNeighbourhood(log).current,
		Origins:  slices.Concat(o.Origins, remembered.Origins),
		Logger:   log,
		Observe:  c.observe,

		Encrypted: c.encrypted,
	}
	return c
}

// load reads what the state folder remembers. What cannot be read or understood is told, and
// Modelbeam starts without it.
func (c *Controller) load(save func(path string, v any) error) {
	var err error
	c.settings, err = settings.Open(c.opts.StateDir, save)
	c.early(settingsProblem(err))
	c.devices, err = devices.Open(DevicesPath(c.opts.StateDir))
	if err != nil {
		err = c.devices.Mend()
	}
	c.early(devicesProblem(err))
	c.unknown = !c.devices.Known()
	for _, d := range c.devices.List() {
		c.known[d.ID] = d
	}
	c.usage, err = usage.Open(UsagePath(c.opts.StateDir))
	var broken *store.BrokenError
	if errors.As(err, &broken) {
		err = errors.Join(err, broken.SetAside())
	}
	if err != nil {
		c.log.Warn("What phones did so far cannot be read", "err", err) // nobody needs it to go on
	}
}

// early notes a problem that there is before anybody can be told.
func (c *Controller) early(p *Problem) {
	if p != nil {
		c.log.Warn(p.Sentence(), "kind", p.Kind, "err", p.Detail)
		c.problems[p.Kind] = p
	}
}

// Run does everything until ctx ends, and returns when all of it has ended. It is called once.
func (c *Controller) Run(ctx context.Context) {
	c.tellEarlyProblems()
	written := c.keepSettings()
	defer written() // after all that may change them
	defer c.errands.end()
	var all sync.WaitGroup
	all.Go(func() { c.servers.run(ctx) })
	all.Go(func() { c.watchNetwork(ctx) })
	all.Go(func() { c.keepAnnounced(ctx) })
	all.Go(func() { c.keepCode(ctx) })
	all.Go(func() { c.devices.Watch(ctx, c.devicesRead) })
	all.Go(func() { c.work(ctx) })
	all.Go(func() { c.keepCounting(ctx) })
	c.share(ctx)
	all.Wait()
	c.saveSeen()
	c.saveUsage()
}

// Pause ends all running answers and lets nothing through until Resume.
func (c *Controller) Pause() { c.setPaused(true) }

// Resume lets phones in again.
func (c *Controller) Resume() { c.setPaused(false) }

func (c *Controller) setPaused(paused bool) {
	c.gateway.SetPaused(paused)
	c.change(func() { c.paused = paused })
	nudge(c.announce)
	nudge(c.recode)
}

// Retry tries again what the State's Problem is about, or takes note that the person read it.
func (c *Controller) Retry() {
	c.change(func() {
		delete(c.problems, kindSettingsReset)
		delete(c.problems, kindDevicesReset)
		delete(c.problems, kindNotStarted)
		delete(c.problems, kindGuessing)
		delete(c.problems, kindEncrypted)
		c.dismissMove()
	})
	nudge(c.retry)
	c.settings.Retry()
	c.tasks.add(c.saveAgain)
}

// change applies f under the lock and lets everybody who watches know.
func (c *Controller) change(f func()) {
	c.mu.Lock()
	f()
	c.mu.Unlock()
	c.watchers.wake()
}

// tellEarlyProblems sends the events for what went wrong before anybody could listen.
func (c *Controller) tellEarlyProblems() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.problems {
		c.event("problem", p)
	}
}

// problem sets or, when p is nil, clears the problem of a kind.
func (c *Controller) problem(kind string, p *Problem) {
	c.mu.Lock()
	known := c.problems[kind]
	delete(c.problems, kind)
	if p != nil {
		c.problems[kind] = p
	}
	c.mu.Unlock()
	if p != nil && known == nil {
		c.log.Warn(p.Sentence(), "kind", p.Kind, "err", p.Detail)
		c.event("problem", p)
	}
	c.watchers.wake()
}

// nudge wakes the one loop that reads from wake. It never waits: a second nudge says no more
// than the first.
func nudge(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}
