package llm

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"time"

	"modelbeam/discovery/sockets"
)

// byList returns what listens on loopback and could be a server, and whether that is the present state of things:
// where a list is costly to make it is some seconds old, and where none can be made it is empty.
func (w *watch) byList(ctx context.Context) (open map[netip.AddrPort]sockets.Socket, live bool) {
	every := w.scanner.every()
	if w.listedAt.IsZero() || time.Since(w.listedAt) >= every {
		list, err := w.scanner.list()
		if err != nil && !w.blind {
			w.log.Info("the sockets of this machine cannot be listed, so only usual ports are looked at", "error", err)
		}
		w.sockets, w.listedAt, w.blind = list, time.Now(), err != nil
	}
	open = make(map[netip.AddrPort]sockets.Socket)
	for _, s := range w.sockets {
		// Several processes may share an address. It must be the same one of them each time.
		if other, twice := open[s.Addr]; w.isCandidate(s.Addr.Port()) && (!twice || s.ID < other.ID) {
			open[s.Addr] = s
		}
	}
	live = every == 0 && !w.blind
	if live {
		w.confirm(ctx, open)
	}
	maps.DeleteFunc(open, func(ep netip.AddrPort, _ sockets.Socket) bool {
		_, both := open[twin(ep)]
		return both && w.unneeded(ep)
	})
	return open, live
}

// confirm knocks at the places that are no longer in the list before they are believed to be gone: a long list
// is made in several parts, and may miss a socket while others are being closed.
func (w *watch) confirm(ctx context.Context, open map[netip.AddrPort]sockets.Socket) {
	var missing []netip.AddrPort
	for ep := range w.places {
		if _, listed := open[ep]; !listed && w.isCandidate(ep.Port()) && !w.unneeded(ep) {
			missing = append(missing, ep)
		}
	}
	for i, k := range knockAll(ctx, missing) {
		if k == accepted {
			open[missing[i]] = w.places[missing[i]].Socket
		}
	}
}

// isCandidate says that an LLM server could listen on a port, and that we may look there.
func (w *watch) isCandidate(port uint16) bool {
	if w.scanner.Skip != nil && w.scanner.Skip(int(port)) {
		return false
	}
	return w.usual[port] || port >= firstPort && !slices.Contains(otherPorts, int(port))
}

// unneeded says that this is the second loopback address of a port that has a server at the first.
func (w *watch) unneeded(ep netip.AddrPort) bool {
	first := w.places[twin(ep)]
	return ep.Addr() != loopback[0] && first != nil && first.found != nil
}

// byKnocking knocks at the usual ports and at those that are listed, and returns where something listens. Only
// a refusal proves that a server is gone: while a model computes on all cores of this machine, any other
// answer may be late.
func (w *watch) byKnocking(ctx context.Context, listed map[netip.AddrPort]sockets.Socket) map[netip.AddrPort]sockets.Socket {
	at := endpoints(w.kinds, w.scanner.Skip)
	for ep := range listed {
		if !w.usual[ep.Port()] {
			at = append(at, ep)
		}
	}
	at = slices.DeleteFunc(at, func(ep netip.AddrPort) bool {
		// Hardly any server listens on the second address alone: every other round is enough.
		rare := ep.Addr() != loopback[0] && w.places[ep] == nil && w.round%2 == 0
		return rare || w.unneeded(ep)
	})
	open := make(map[netip.AddrPort]sockets.Socket)
	for i, k := range knockAll(ctx, at) {
		p, s := w.places[at[i]], listed[at[i]]
		s.Addr = at[i]
		if p != nil && s.PID == 0 {
			s = p.Socket // known from a list that was made since
		}
		switch {
		case k == accepted:
			open[s.Addr] = s
			if p != nil {
				p.missed = 0
			}
		case k == silent && p != nil && p.missed+1 < maxMissed:
			open[s.Addr] = s
			p.missed++
		}
	}
	return open
}
