package app

import (
	"context"
	"sync"
	"time"

	"modelbeam/app/secrets"
	"modelbeam/app/settings"
)

// secretsEvery is how often servers' keys that could not be saved are tried again.
const secretsEvery = 10 * time.Second

// disk does everything that may have to wait for the disk or the keyring, not on the person's time.
// The keyring has a lane of its own: it may ask the person for a password, and a phone that is removed
// meanwhile must be gone at once.
type disk struct {
	settings *settings.Store
	secrets  *secrets.Store
	news     *news

	list    *lane // edits of the list of devices
	keyring *lane // what needs the servers' keys
}

func newDisk(s *settings.Store, keys *secrets.Store, n *news) *disk {
	return &disk{settings: s, secrets: keys, news: n, list: newLane(), keyring: newLane()}
}

// run does what waits until ctx ends, and then what is left.
func (d *disk) run(ctx context.Context) {
	var lanes sync.WaitGroup
	defer lanes.Wait()
	lanes.Go(func() { d.list.run(ctx) })
	lanes.Go(func() { d.keyring.run(ctx) })
	again := time.NewTicker(secretsEvery)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
			if d.secrets.Unsaved() {
				d.keyring.later(d.saveSecrets)
			}
		}
	}
}

// saveSecrets tries again to write the servers' keys where that failed.
func (d *disk) saveSecrets() { d.saved(d.secrets.Save()) }

// saved tells the person that something could not be saved, or that everything can be again.
func (d *disk) saved(err error) {
	switch {
	case err != nil:
		d.news.problem(ProblemNotSaved, notSaved(err))
	case !d.settings.Failing() && !d.secrets.Unsaved():
		d.news.problem(ProblemNotSaved, nil)
	}
}

// lane does one thing after another. However much is waiting, nothing is ever dropped.
type lane struct {
	wake chan struct{} // for run: something waits

	mu      sync.Mutex // guards what follows; never held while something is done
	waiting []func()
}

func newLane() *lane { return &lane{wake: make(chan struct{}, 1)} }

// later has f done soon, after what was asked for before.
func (l *lane) later(f func()) {
	l.mu.Lock()
	l.waiting = append(l.waiting, f)
	l.mu.Unlock()
	nudge(l.wake)
}

// run does what waits until ctx ends, and then what is left.
func (l *lane) run(ctx context.Context) {
	for wait(ctx.Done(), l.wake) {
		l.work()
	}
	l.work()
}

// work does everything that waits, in its order.
func (l *lane) work() {
	for f := l.next(); f != nil; f = l.next() {
		f()
	}
}

// next takes what has waited longest; nil when nothing waits.
func (l *lane) next() func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		return nil
	}
	f := l.waiting[0]
	l.waiting = l.waiting[1:]
	return f
}
