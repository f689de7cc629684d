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

// disk does everything that may have to wait for the disk or the keyring, one thing after another and
// not on the person's time. However much is waiting, nothing is ever dropped.
type disk struct {
	settings *settings.Store
	secrets  *secrets.Store
	news     *news
	wake     chan struct{} // for run: something waits

	mu      sync.Mutex // guards what follows; never held over the disk
	waiting []func()
}

func newDisk(s *settings.Store, keys *secrets.Store, n *news) *disk {
	return &disk{settings: s, secrets: keys, news: n, wake: make(chan struct{}, 1)}
}

// later has f done soon, after what was asked for before.
func (d *disk) later(f func()) {
	d.mu.Lock()
	d.waiting = append(d.waiting, f)
	d.mu.Unlock()
	nudge(d.wake)
}

// run does what waits until ctx ends, and then what is left.
func (d *disk) run(ctx context.Context) {
	defer d.work()
	again := time.NewTicker(secretsEvery)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
			d.work()
		case <-again.C:
			d.saveSecrets()
		}
	}
}

// work does everything that waits, in its order.
func (d *disk) work() {
	for f := d.next(); f != nil; f = d.next() {
		f()
	}
}

// next takes what has waited longest; nil when nothing waits.
func (d *disk) next() func() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.waiting) == 0 {
		return nil
	}
	f := d.waiting[0]
	d.waiting = d.waiting[1:]
	return f
}

// saveSecrets tries again to write the servers' keys where that failed.
func (d *disk) saveSecrets() {
	if d.secrets.Unsaved() {
		d.saved(d.secrets.Save())
	}
}

// saved tells the person that something could not be saved, or that everything can be again.
func (d *disk) saved(err error) {
	switch {
	case err != nil:
		d.news.problem(ProblemNotSaved, notSaved(err))
	case !d.settings.Failing() && !d.secrets.Unsaved():
		d.news.problem(ProblemNotSaved, nil)
	}
}
