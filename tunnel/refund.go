package tunnel

import (
	"sync"
	"time"
)

// refundsAMinute bounds how often a device is given back what the laptop failed. Each time costs two
// edits of the list of devices, on the disk: who asks a server that is not running for ever uses the
// pass up after that.
const refundsAMinute = 20

// giveBack puts on the device's pass again what c took off it, when the laptop is to blame for that
// nothing came of it.
func (g *Gateway) giveBack(c *call) {
	if c.spent > 0 && c.unanswered && g.Refund != nil && g.refunds.take(c.device.ID, time.Now()) {
		g.Refund(c.device.ID, c.spent)
	}
	c.spent = 0
}

// refunds counts them by device. The zero value is ready.
type refunds struct {
	mu     sync.Mutex
	counts map[string]tries
}

// take counts one more and reports whether there may be one.
func (r *refunds) take(deviceID string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, t := range r.counts {
		if now.Sub(t.since) >= time.Minute {
			delete(r.counts, id)
		}
	}
	if r.counts == nil {
		r.counts = make(map[string]tries)
	}
	t, known := r.counts[deviceID]
	if !known {
		t.since = now
	}
	t.n++
	r.counts[deviceID] = t
	return t.n <= refundsAMinute
}
