package update

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"modelbeam/app/settings"
)

const (
	// askAfter is how long somebody has had Modelbeam before they are asked whether it may look for new versions.
	askAfter = 24 * time.Hour
	// lookEvery is how often that is done, and againAfter how soon when it failed.
	lookEvery  = 7 * 24 * time.Hour
	againAfter = 6 * time.Hour
	// nap bounds every wait for a time of day: timers stand still while a laptop sleeps.
	nap = time.Hour
)

// Options are what an Updater is for.
type Options struct {
	Source  Source
	Channel string
	Version string // of this program
	Folder  string // a private one, for downloads; nobody else uses it
	Changed func() // the View may be another one
	Busy    func() bool
	Restart func() // ends this service and starts the new version; may be nil where nothing is ever installed
	Log     *slog.Logger
}

// View is what a person is shown.
type View struct {
	Ask        bool   // whether Modelbeam may look for new versions was not decided yet, and it is time to ask
	On         bool   // it may
	Version    string // a newer one, or empty
	Page       string // where people get it
	Install    bool   // it can be installed from here
	Installing bool
	Err        error // why the last try to install it failed
}

// Updater looks for new versions. Make it with New, and call Run. All other methods may be called from any
// goroutine and return at once.
type Updater struct {
	o        Options
	settings *settings.Store
	wake     chan struct{} // what a person decided
	install  chan struct{}

	mu     sync.Mutex // guards what follows
	view   View
	list   List // of view.Version
	cancel context.CancelFunc
	tried  time.Time // when looking failed last
}

// New makes an Updater, which does nothing before Run.
func New(o Options, s *settings.Store) *Updater {
	return &Updater{o: o, settings: s, wake: make(chan struct{}, 1), install: make(chan struct{}, 1)}
}

// Able reports whether this program could ever ask for new versions: it was built with where to ask.
func (u *Updater) Able() bool { return u.o.Source.Address != "" && len(u.o.Source.Keys) > 0 }

// View returns what there is to show.
func (u *Updater) View() View {
	u.mu.Lock()
	defer u.mu.Unlock()
	v := u.view
	v.On = u.wanted()
	return v
}

func (u *Updater) wanted() bool { return u.settings.Get().Updates == settings.UpdatesOn }

// Look says whether the person wants to be told of new versions. A look or an installation that is on its way
// ends when they do not.
func (u *Updater) Look(wanted bool) {
	u.settings.Change(func(s *settings.Settings) {
		s.Updates = settings.UpdatesOff
		if wanted {
			s.Updates = settings.UpdatesOn
		}
	})
	u.mu.Lock()
	u.view.Ask = false
	if !wanted {
		u.view, u.list = View{}, List{}
		if u.cancel != nil {
			u.cancel()
		}
	}
	u.mu.Unlock()
	u.o.Changed()
	nudge(u.wake)
}

// Install puts the version that the View names in place, as soon as no phone is being answered.
func (u *Updater) Install() { nudge(u.install) }

// Run does all of it until ctx ends.
func (u *Updater) Run(ctx context.Context) {
	if !u.Able() {
		return
	}
	u.remember()
	for ctx.Err() == nil {
		pause := time.NewTimer(min(u.next(ctx), nap))
		select {
		case <-ctx.Done():
		case <-pause.C:
		case <-u.wake:
		case <-u.install:
			u.replace(ctx)
		}
		pause.Stop()
	}
}

// next does what is due, and returns how long nothing will be.
func (u *Updater) next(ctx context.Context) time.Duration {
	s, now := u.settings.Get(), time.Now()
	if s.FirstStart.IsZero() || s.FirstStart.After(now) {
		s.FirstStart = now.UTC().Truncate(time.Second)
		u.settings.Change(func(changed *settings.Settings) { changed.FirstStart = s.FirstStart })
	}
	switch s.Updates {
	case settings.UpdatesOff:
		return nap
	case "":
		due := s.FirstStart.Add(askAfter).Sub(now)
		if due <= 0 {
			u.show(func(v *View) { v.Ask = true })
			return nap
		}
		return due
	}
	if due := u.due(s, now).Sub(now); due > 0 {
		return due
	}
	u.look(ctx)
	return againAfter
}

// due is when to look next. A clock that was set back must not put it off for ever.
func (u *Updater) due(s settings.Settings, now time.Time) time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	due := time.Time{}
	if !s.LastLook.IsZero() && !s.LastLook.After(now) {
		due = s.LastLook.Add(lookEvery)
	}
	if again := u.tried.Add(againAfter); !u.tried.IsZero() && again.After(due) {
		due = again
	}
	return due
}

func (u *Updater) show(change func(*View)) {
	u.mu.Lock()
	change(&u.view)
	u.mu.Unlock()
	u.o.Changed()
}

func nudge(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}
