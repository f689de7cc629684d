package tunnel

import (
	"net/netip"
	"sync"
	"time"
)

const (
	triesAMinute = 10
	// maxAddresses bounds the memory of a limit. Who controls more addresses than this in one
	// home network is past being stopped here; 128 random bits of a key still do.
	maxAddresses = 4096
)

// failureLimits counts wrong keys and wrong codes apart: an app that keeps asking with the key
// of a removed phone must not stop the person from scanning a new code on the same phone.
type failureLimits struct {
	keys, codes limit
}

// limit allows an address so many failures in a minute. The zero value is ready.
type limit struct {
	mu     sync.Mutex
	counts map[netip.Addr]tries
}

type tries struct {
	n     int
	since time.Time
}

// note counts one more failure of a and reports whether it is still within the limit.
func (l *limit) note(a netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	a = household(a)
	now := time.Now()
	t, known := l.counts[a]
	if now.Sub(t.since) >= time.Minute {
		t = tries{since: now}
	}
	t.n++
	if !known {
		l.makeRoom(now)
	}
	l.counts[a] = t
	return t.n <= triesAMinute
}

// reached reports whether a has no failures left for now.
func (l *limit) reached(a netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.counts[household(a)]
	return t.n >= triesAMinute && time.Since(t.since) < time.Minute
}

func (l *limit) makeRoom(now time.Time) {
	if l.counts == nil {
		l.counts = make(map[netip.Addr]tries)
	}
	if len(l.counts) < maxAddresses {
		return
	}
	for a, t := range l.counts {
		if now.Sub(t.since) >= time.Minute {
			delete(l.counts, a)
		}
	}
	for a := range l.counts {
		if len(l.counts) < maxAddresses {
			return
		}
		delete(l.counts, a) // any: map order is random
	}
}

// household is the unit that is limited: a device can take any address of its IPv6 /64.
func household(a netip.Addr) netip.Addr {
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
