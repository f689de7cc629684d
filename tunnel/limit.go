package tunnel

import (
	"cmp"
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
// Questions for a proof are no failures, but anybody may ask them.
type failureLimits struct {
	keys, codes, proofs limit
}

// limit allows an address so many failures in a minute. The zero value is ready.
type limit struct {
	most   int // 0: triesAMinute
	mu     sync.Mutex
	counts map[netip.Addr]tries
}

type tries struct {
	n     int
	since time.Time
}

// take counts one more try of a before it is known whether it fails, so that many at once are no way
// around. When none is left it returns how long to wait for the next, else 0.
func (l *limit) take(a netip.Addr) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a = household(a)
	now := time.Now()
	t, known := l.counts[a]
	switch past := now.Sub(t.since); {
	case past >= time.Minute:
		t = tries{since: now}
	case t.n >= cmp.Or(l.most, triesAMinute):
		return time.Minute - past
	}
	t.n++
	if !known {
		l.makeRoom(now)
	}
	l.counts[a] = t
	return 0
}

// giveBack takes back a try that did not fail.
func (l *limit) giveBack(a netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a = household(a)
	if t, known := l.counts[a]; known && t.n > 0 {
		t.n--
		l.counts[a] = t
	}
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
