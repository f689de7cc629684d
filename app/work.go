package app

import (
	"context"
	"time"
)

// later runs f on the goroutine that may wait for the disk: not on the person's time.
func (c *Controller) later(f func()) {
	select {
	case c.tasks <- f:
	default:
		c.log.Error("Too much is waiting for the disk; a change is lost")
	}
}

// work does what waits for the disk, one after the other, until ctx ends.
func (c *Controller) work(ctx context.Context) {
	save := time.NewTicker(seenEvery)
	defer save.Stop()
	var saveUsage <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-c.tasks:
			f()
		case <-save.C:
			c.saveSeen()
			c.catchUp()
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
