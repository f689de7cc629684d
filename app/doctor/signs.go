package doctor

import (
	"net/netip"
	"slices"
	"time"

	"modelbeam/discovery/vicinity"
	"modelbeam/tunnel/contact"
)

// afterQuestion is how long who answers our question by multicast may look for us because of it.
const afterQuestion = 5 * time.Second

// tries is how often a phone sends its first packet within some seconds: one packet that is lost may have been anything.
const tries = 3

// signs compares two moments. heard are those who answered our own questions, and when.
func (f *Facts) signs(before, now sample, heard map[netip.Addr]time.Time) Signs {
	s := Signs{Blind: now.neighbours == nil}
	for _, n := range now.neighbours {
		asked, answered := heard[n.Addr]
		because := answered && !n.Seen.After(asked.Add(afterQuestion))
		if !n.Router && n.Alive && (n.Sought || n.Seen.IsZero()) && !because && f.fresh(n, before) && !f.reached(n.Addr) && !f.isServer(n.Addr) {
			s.Sought = append(s.Sought, n.Addr)
		}
	}
	if before.at.IsZero() {
		return s
	}
	loss := now.traffic.Since(before.traffic)
	s.Refused, s.Lost = loss.Refused > 0, loss.Lost >= tries
	return s
}

// fresh says whether a neighbour has given a sign of life since what counts.
func (f *Facts) fresh(n vicinity.Neighbour, before sample) bool {
	if !n.Seen.IsZero() {
		return n.Seen.After(f.Since)
	}
	known := slices.ContainsFunc(before.neighbours, func(o vicinity.Neighbour) bool { return o.Addr == n.Addr && o.Alive })
	return !before.at.IsZero() && !known
}

// reached says whether anything of a machine ever came in.
func (f *Facts) reached(a netip.Addr) bool {
	of := func(c contact.Contact) bool { return c.Peer == a }
	return slices.ContainsFunc(f.Contacts, of) || slices.ContainsFunc(f.Earlier, of)
}

// isServer says whether this computer itself asks that machine, for models.
func (f *Facts) isServer(a netip.Addr) bool {
	return slices.ContainsFunc(f.Servers, func(s Server) bool { return s.Host == a })
}
