// Package limit counts what may be done so often in a minute: guesses by an address, and what costs
// the laptop something by a device.
package limit

import (
	"cmp"
	"net/netip"
	"sync"
	"time"
)

const (
	// PerMinute is how many tries an address has by itself: a person mistypes a code two or three times.
	PerMinute = 10
	// networkShare is how many addresses' tries an IPv6 /64 has. A device can take any address of it,
	// so it is limited as a whole; but it is a whole home, where one that guesses must not keep the
	// others from pairing. A code has 40 random bits and lasts three minutes.
	networkShare = 50
	// maxAddresses bounds the memory of a limit. Somebody who controls more addresses than
	// this in one home network cannot be stopped here; the 128 random bits of a key still stop him.
	maxAddresses = 4096
)

// Addresses allows every address so many tries in a minute. The zero value is ready. All methods may be
// called from any goroutine.
type Addresses struct {
	Most int // for an address, 0: PerMinute; set it before the first try

	mu     sync.Mutex
	counts map[netip.Prefix]tries
}

type tries struct {
	n     int
	since time.Time
}

// Take counts one more try of a before it is known whether it fails, so that many at once are no way
// around. When none is left it returns how long to wait for the next, else 0.
func (l *Addresses) Take(a netip.Addr) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	units := unitsOf(a)
	for i, unit := range units {
		if t := l.counts[unit]; now.Sub(t.since) < time.Minute && t.n >= l.allowed(i) {
			wait = max(wait, time.Minute-now.Sub(t.since))
		}
	}
	if wait > 0 {
		return wait
	}
	for _, unit := range units {
		l.count(unit, now)
	}
	return 0
}

// allowed is how many tries the i-th of unitsOf has a minute.
func (l *Addresses) allowed(i int) int {
	most := cmp.Or(l.Most, PerMinute)
	if i > 0 {
		most *= networkShare
	}
	return most
}

// count counts a try of one unit. A minute begins with its first try and not by the clock, so that nobody can
// have twice as many around the turn of one.
func (l *Addresses) count(unit netip.Prefix, now time.Time) {
	t, known := l.counts[unit]
	if now.Sub(t.since) >= time.Minute {
		t = tries{since: now}
	}
	t.n++
	if !known {
		l.makeRoom(now)
	}
	l.counts[unit] = t
}

// GiveBack takes back a try that did not fail.
func (l *Addresses) GiveBack(a netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, unit := range unitsOf(a) {
		if t, known := l.counts[unit]; known && t.n > 0 {
			t.n--
			l.counts[unit] = t
		}
	}
}

// makeRoom forgets whose minute is over, and if that is not enough, anybody.
func (l *Addresses) makeRoom(now time.Time) {
	if l.counts == nil {
		l.counts = make(map[netip.Prefix]tries)
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

// unitsOf are what is limited: an address and, of IPv6, its network.
func unitsOf(a netip.Addr) []netip.Prefix {
	a = a.WithZone("")
	units := []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}
	if a.Is6() {
		network, _ := a.Prefix(64) // which all of IPv6 have
		units = append(units, network)
	}
	return units
}
