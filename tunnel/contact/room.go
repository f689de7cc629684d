package contact

import (
	"net/netip"
	"strings"
)

// settled lists the kinds that a request of the same peer takes back.
var settled = map[Kind]bool{Secure: true, Preflight: true}

// settles reports whether contacts of the kind are over when something follows.
func (k Kind) settles() bool { return settled[k] }

// Followed takes back the Preflight of a peer, because the request of that origin has come.
func (l *Ledger) Followed(peer, local netip.Addr, origin string) {
	if l.open.Load() == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	k := key{peer, local, Preflight}
	if e := l.entries[k]; e != nil && text(&e.detail) == clean(origin) {
		l.drop(k)
	}
}

// Upgraded takes back what a peer tried by TLS, because it has come back with plain HTTP: browsers do so by
// themselves.
func (l *Ledger) Upgraded(peer netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k := range l.entries {
		if k.peer == peer && k.kind == Secure {
			l.drop(k)
		}
	}
}

// drop forgets a contact. l.mu is held.
func (l *Ledger) drop(k key) {
	if k.kind.settles() {
		l.open.Add(-1)
	}
	delete(l.entries, k)
}

// surplus is the oldest contact of whoever has the most. l.mu is held.
func (l *Ledger) surplus() key {
	held := make(map[netip.Prefix]int)
	for k := range l.entries {
		held[k.crowd()]++
	}
	var worst key
	var since int64
	most := 0
	for k, e := range l.entries {
		last := e.last.Load()
		if n := held[k.crowd()]; n > most || n == most && last < since {
			worst, most, since = k, n, last
		}
	}
	return worst
}

// crowd is with whom a contact shares its room: a device can take any address of its IPv6 /64, and who is far
// away has nothing to say to a person who looks for a phone.
func (k key) crowd() netip.Prefix {
	if k.kind == Distant {
		return netip.Prefix{}
	}
	a := k.peer.WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	crowd, _ := a.Prefix(bits) // which all addresses have
	return crowd
}

// longest is what a Detail may have, in bytes: a host's name with a port, or an origin.
const longest = 80

// clean cuts s and takes out what is no plain letter, digit or sign: a stranger has chosen it, and it will stand in a
// terminal and in a window.
func clean(s string) string {
	if len(s) > longest {
		s = s[:longest]
	}
	if !strings.ContainsFunc(s, isOdd) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isOdd(r) {
			return -1
		}
		return r
	}, s)
}

// isOdd tells what neither an origin nor a host nor a code has.
func isOdd(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune("-_.:/[]%", r)
}
