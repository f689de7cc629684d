package update

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
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
	// idleEvery is how often we look whether phones are being answered, while that is in the way.
	idleEvery = 2 * time.Second
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

// Look says whether the person wants to be told of new versions. A look that is on its way ends when they do
// not.
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

// look gets the list and shows what is new in it. What is wrong goes to the log: the person has lost nothing.
func (u *Updater) look(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	u.mu.Lock()
	u.cancel, u.tried = cancel, time.Now()
	u.mu.Unlock()
	if !u.wanted() {
		return // decided while we came here
	}
	p, err := fetchList(ctx, u.o.Source)
	l := List{}
	if err == nil {
		l, err = u.judge(p)
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		u.o.Log.Warn("look for a new version", "error", err)
		return
	}
	u.mu.Lock()
	u.tried = time.Time{}
	u.mu.Unlock()
	u.settings.Change(func(s *settings.Settings) { s.LastLook = time.Now().UTC().Truncate(time.Second) })
	if err := p.keep(u.o.Folder); err != nil {
		u.o.Log.Warn("keep the list of the new version", "error", err) // it is fetched again
	}
	u.offer(l)
}

// judge reads a list and refuses what would be a step back.
func (u *Updater) judge(p published) (List, error) {
	l, err := Read(u.o.Source.Keys, p.list, p.signature, time.Now())
	if err == nil && Newer(u.o.Version, l.Version) {
		err = fmt.Errorf("its version %s is older than this one", l.Version)
	}
	if err != nil {
		return List{}, fmt.Errorf("the list was refused: %w", err)
	}
	return l, nil
}

// remember offers again what was found before this start, and removes what an update has left. It asks nobody.
func (u *Updater) remember() {
	p, err := kept(u.o.Folder)
	_ = os.RemoveAll(u.o.Folder)
	if err != nil || !u.wanted() {
		return
	}
	if l, err := u.judge(p); err == nil && p.keep(u.o.Folder) == nil {
		u.offer(l)
	}
}

// offer shows a version if it is a newer one.
func (u *Updater) offer(l List) {
	if !Newer(l.Version, u.o.Version) {
		return
	}
	_, known := ways[u.o.Channel]
	_, has := l.Files[Name(u.o.Channel, runtime.GOARCH)]
	u.o.Log.Info("there is a new version", "version", l.Version)
	u.show(func(v *View) {
		u.list = l
		*v = View{Version: l.Version, Page: u.o.Source.Page, Install: known && has}
	})
}

// replace downloads the version that is offered and puts it in place of this one.
func (u *Updater) replace(ctx context.Context) {
	u.mu.Lock()
	l, can := u.list, u.view.Install
	u.mu.Unlock()
	if !can {
		return
	}
	u.show(func(v *View) { v.Installing, v.Err = true, nil })
	err := u.apply(ctx, l)
	if err != nil && ctx.Err() == nil {
		u.o.Log.Error("install a new version", "version", l.Version, "error", err)
	}
	u.show(func(v *View) { v.Installing, v.Err = false, err })
}

func (u *Updater) apply(ctx context.Context, l List) error {
	w, f := ways[u.o.Channel], l.Files[Name(u.o.Channel, runtime.GOARCH)]
	if time.Now().After(l.Expires) {
		return errors.New("the list is too old by now")
	}
	if err := os.MkdirAll(u.o.Folder, 0o700); err != nil {
		return err
	}
	folder, err := w.folder(u.o.Folder)
	if err != nil {
		return err
	}
	path := filepath.Join(folder, f.Name+".new"+filepath.Ext(f.Name))
	_ = os.Remove(path) // what an earlier try has left
	if err := download(ctx, u.o.Source, f, path, 0o700); err != nil {
		return err
	}
	if err := u.awaitIdle(ctx); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	if err := w.apply(ctx, path); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	u.o.Log.Info("the new version is in place", "version", l.Version)
	if !w.restarts {
		u.o.Restart()
	}
	return nil
}

// awaitIdle waits until no phone is being answered.
func (u *Updater) awaitIdle(ctx context.Context) error {
	for u.o.Busy() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(idleEvery):
		}
	}
	return nil
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
