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

// tries is how often a phone sends its first packet at least: one packet that is lost may have been anything.
const tries = 2

// signs compares two moments. heard are those who answered our own questions, and when.
func (f *Facts) signs(before, now sample, heard map[netip.Addr]time.Time) Signs {
	s := Signs{Blind: now.blind, HalfOpen: slices.ContainsFunc(f.Vicinity.HalfOpen, f.atDoor)}
	var seeking []vicinity.Neighbour
	for _, n := range now.neighbours {
		s.Known = s.Known || !n.Router && n.MAC != "" && !f.isServer(n.Addr)
		asked, answered := heard[n.Addr]
		because := answered && !n.Seen.After(asked.Add(afterQuestion))
		if !n.Router && n.Alive && (n.Sought || n.Seen.IsZero()) && !because && f.fresh(n, before) && !f.reached(n.Addr) && !f.isServer(n.Addr) {
			seeking = append(seeking, n)
		}
	}
	if before.at.IsZero() || now.at.Sub(before.at) > lookBack { // in hours, much is lost that is nobody's fault
		s.Uncounted, s.Sought = true, inVain(seeking, vicinity.Loss{Replies: 1})
		return s
	}
	loss := now.traffic.Since(before.traffic)
	s.Misrouted, s.Withheld = loss.Misrouted > 0, loss.Withheld > 0
	s.Refused, s.Lost, s.Uncounted = loss.Refused > 0, loss.Lost, now.traffic == (vicinity.Traffic{})
	s.Sought = inVain(seeking, loss)
	return s
}

// inVain are those who got nothing, or nothing but the reset of a rule: those that the kernel sends are counted.
func inVain(seeking []vicinity.Neighbour, loss vicinity.Loss) (list []netip.Addr) {
	for _, n := range seeking {
		if !n.Answered || loss.Replies == 0 {
			list = append(list, n.Addr)
		}
	}
	return list
}

// atDoor says whether a connection that does not open is one to us, of a machine of which nothing has come in.
func (f *Facts) atDoor(h vicinity.HalfOpen) bool {
	return h.Local.Port() == f.Own.Listen.Port() && !f.reached(h.Peer) && !f.isOwn(h.Peer)
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
