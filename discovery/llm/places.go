package llm

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"time"
)

const (
	relistEvery  = 5 * time.Second  // between two looks at the models of a server
	maxBackoff   = 30 * time.Second // between two visits to a port that is open but no LLM server
	configRounds = 10               // rounds between two looks at this machine's configuration
)

// place is an endpoint where something listens.
type place struct {
	found   *found // nil: nothing that we know
	missed  int    // knocks in a row that were not answered
	busy    bool   // a visit is under way
	due     time.Time
	backoff time.Duration
}

// result is what a visit to a place came back with; a nil found is nothing that we know.
type result struct {
	at    netip.AddrPort
	place *place
	found *found
}

// look knocks at every endpoint once and begins the visits that are due.
func (w *watch) look(ctx context.Context) {
	if w.round%configRounds == 0 {
		w.kinds = configured(w.scanner.table())
	}
	at := endpoints(w.kinds, w.scanner.Skip)
	w.forgetAllBut(at)
	at = slices.DeleteFunc(at, w.unneeded)
	w.round++
	for i, k := range knockAll(ctx, at) {
		if ctx.Err() != nil {
			return // the knocks were cut short and prove nothing
		}
		w.heard(ctx, at[i], k)
	}
}

// unneeded spares the second loopback address where the first has a server, and otherwise every
// second round: hardly any server listens there alone.
func (w *watch) unneeded(ep netip.AddrPort) bool {
	if ep.Addr() == loopback[0] {
		return false
	}
	if first := w.places[twin(ep)]; first != nil && first.found != nil {
		delete(w.places, ep)
		return true
	}
	return w.places[ep] == nil && w.round%2 == 1
}

// heard draws the conclusion from one knock. Only a refusal proves that a server is gone: while a
// model computes on all cores of this machine, a knock may well be late.
func (w *watch) heard(ctx context.Context, ep netip.AddrPort, k knock) {
	p := w.places[ep]
	switch {
	case k == open && p == nil:
		p = &place{}
		w.places[ep] = p
	case k == open:
		p.missed = 0
	case p == nil:
		return
	default:
		p.missed++
		if k == closed || p.missed >= maxMissed {
			delete(w.places, ep)
		}
		return
	}
	if !p.busy && !time.Now().Before(p.due) {
		w.visit(ctx, ep, p)
	}
}

// visit begins a visit. It gets copies of all it needs, because it outlives this round.
func (w *watch) visit(ctx context.Context, ep netip.AddrPort, p *place) {
	p.busy = true
	w.visiting++
	before, kinds := p.found, w.kinds
	w.visits.Go(func() {
		r := result{at: ep, place: p, found: w.scanner.revisit(ctx, w.client, ep, kinds, before)}
		select {
		case w.results <- r:
		case <-ctx.Done():
		}
	})
}

// take puts a result into the list, unless the place has changed hands meanwhile, and decides
// when to visit again. A port with something else behind it is asked less and less often: it may
// be a server that is still starting, but its owner should not find us all over the log.
func (w *watch) take(r result) {
	w.visiting--
	p := r.place
	if w.places[r.at] != p {
		return
	}
	p.busy = false
	p.found = r.found
	switch {
	case p.found == nil:
		p.backoff = min(max(tick, 2*p.backoff), maxBackoff)
		p.due = time.Now().Add(p.backoff)
	case p.found.err != nil && !p.found.NeedsKey && !isTimeout(p.found.err):
		p.backoff, p.due = 0, time.Now().Add(tick) // loading its first model, probably
	default:
		p.backoff, p.due = 0, time.Now().Add(relistEvery)
	}
}

// forgetAllBut drops what is at endpoints that are no longer looked at.
func (w *watch) forgetAllBut(at []netip.AddrPort) {
	for ep := range w.places {
		if !slices.Contains(at, ep) {
			delete(w.places, ep)
		}
	}
}

// revisit looks again at the models of a server that is known, and at who is there if nothing is
// or the server does not answer as it used to: another one may have taken its port.
func (s *Scanner) revisit(ctx context.Context, c *http.Client, ep netip.AddrPort, kinds []kind, before *found) *found {
	if before != nil {
		again := *before
		again.relist(ctx, s.visitTo(c, ep, before.key), before.Models)
		sameKey := again.NeedsKey && s.key(again.Server) == before.key
		if again.err == nil || isTimeout(again.err) || sameKey {
			return &again
		}
	}
	now, ok := s.identify(ctx, c, ep, kinds)
	if !ok {
		return nil
	}
	if before != nil && now.rank == before.rank && now.err != nil && !now.NeedsKey {
		now.Models = before.Models // the same server, with a passing trouble
	}
	return &now
}
