package limit

import (
	"sync"
	"time"
)

// Devices allows every device so much in a minute. The zero value allows nothing. All methods may be
// called from any goroutine.
type Devices struct {
	Most int // for a device; set it before the first call

	mu     sync.Mutex
	counts map[string]tries
}

// Take counts one more and reports whether there may be one.
func (r *Devices) Take(deviceID string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for id, t := range r.counts { // a home has few devices
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
	return t.n <= r.Most
}
