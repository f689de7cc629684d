package app

import (
	"context"
	"sync"
	"time"
)

// tasks are what waits for the disk or the keyring: none of it on the person's time. However many
// there are, none is ever dropped.
type tasks struct {
	wake chan struct{} // for work: there is one

	mu      sync.Mutex // guards what follows
	waiting []func()
}

func newTasks() *tasks { return &tasks{wake: make(chan struct{}, 1)} }

// add has f done soon, after what was added before.
func (t *tasks) add(f func()) {
	t.mu.Lock()
	t.waiting = append(t.waiting, f)
	t.mu.Unlock()
	nudge(t.wake)
}

// do does everything that waits, one after the other.
func (t *tasks) do() {
	for f := t.next(); f != nil; f = t.next() {
		f()
	}
}

// next takes the task that has waited longest; nil when there is none.
func (t *tasks) next() func() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		return nil
	}
	f := t.waiting[0]
	t.waiting = t.waiting[1:]
	return f
}

// work does what waits for the disk, one after the other, until ctx ends and nothing waits.
func (c *Controller) work(ctx context.Context) {
	defer c.tasks.do()
	save := time.NewTicker(seenEvery)
	defer save.Stop()
	var saveUsage <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.tasks.wake:
			c.tasks.do()
		case <-save.C:
			c.saveSeen()
			c.saveSecrets()
		case <-c.used:
			if saveUsage == nil {
				saveUsage = time.After(usageEvery)
			}
		case <-saveUsage:
			saveUsage = nil
			c.saveUsage()
		}
	}
}

// keepSettings writes the settings whenever they change, until stop is called.
func (c *Controller) keepSettings() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { c.settings.Run(ctx, c.settingsWritten) })
	return func() {
		cancel()
		running.Wait()
	}
}

// settingsWritten tells what came of writing the settings. Those that could only be read now, in place
// of what was there, are acted on.
func (c *Controller) settingsWritten(readNow bool, err error) {
	if !c.settings.Unread() {
		c.problem(kindSettingsUnread, nil)
	}
	c.saved(err)
	if readNow {
		c.addRemembered()
		c.serversChanged()
		nudge(c.announce)
	}
}

// saveSecrets tries again to write the servers' keys where that failed.
func (c *Controller) saveSecrets() {
	if c.secrets.Unsaved() {
		c.saved(c.secrets.Save())
	}
}

// saved tells the person that something could not be saved, or that it works again.
func (c *Controller) saved(err error) {
	switch {
	case err != nil:
		c.problem(kindNotSaved, notSaved(err))
	case !c.settings.Failing() && !c.secrets.Unsaved():
		c.problem(kindNotSaved, nil)
	}
}
