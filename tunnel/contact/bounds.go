package contact

import (
	"net/netip"
	"strings"

	"modelbeam/tunnel/hosts"
)

// surplus is the oldest contact of whoever has the most. l.mu is held.
func (l *Ledger) surplus() key {
	held := make(map[netip.Prefix]int)
	for k := range l.entries {
		held[k.crowd()]++
	}
	var worst key
	var of int
	var since int64
	for k, e := range l.entries {
		n, last := held[k.crowd()], e.last.Load()
		if n > of || n == of && last < since {
			worst, of, since = k, n, last
		}
	}
	return worst
}

// crowd is the network whose contacts share one part of the room. A device can take any address of its IPv6 /64. All
// who are far away are one crowd: there are many of them, and they say nothing to a person who looks for a phone.
func (k key) crowd() netip.Prefix {
	a := k.peer.WithZone("")
	if k.kind == Distant || a.Is4() && !hosts.Near(a) {
		return netip.Prefix{}
	}
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
	s = s[:min(len(s), longest)]
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
	return !strings.ContainsRune("-_.:/[]", r)
}
