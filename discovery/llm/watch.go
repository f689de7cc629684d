package llm

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"
)

const (
	tick         = time.Second     // between two rounds of knocking
	relistEvery  = 5 * time.Second // between two looks at the models of a server
	firstLook    = time.Second     // what an answer may delay the first report
	maxBackoff   = time.Minute     // between two visits to a port that is open but no LLM server
	maxMissed    = 3               // knocks without an answer before a server counts as gone
	configRounds = 10              // rounds between two looks at this machine's configuration
)

// Watch calls changed with the servers there are: once after the first look, even with none, and
// from then on whenever one comes or goes or its models change. It blocks until ctx ends, and
// calls changed from the goroutine that it was called in, one call at a time.
//
// A server that starts or stops is noticed within 2 s, a change of its models within 10 s. A
// server that is merely too busy to answer stays in the list, with the models last seen.
//
// While nothing happens a round costs a refused TCP connection for each usual port, each second;
// HTTP goes only to known servers, and now and then to ports that have something else behind them.
func (s *Scanner) Watch(ctx context.Context, changed func([]Server)) {
	w := &watch{
		scanner: s,
		log:     s.logger(),
		client:  newClient(dialPatience),
		places:  make(map[netip.AddrPort]*place),
		results: make(chan result),
		changed: changed,
	}
	defer w.visits.Wait()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	w.look(ctx)
	w.firstReport(ctx)
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-ticker.C:
			w.look(ctx)
		case r := <-w.results:
			w.take(r)
		}
		w.report()
	}
}

// watch is the state of one running Watch. One goroutine owns it; visits to servers run in
// goroutines of their own, so that a server that hangs holds nothing up, and send a result back.
type watch struct {
	scanner *Scanner
	log     *slog.Logger
	client  *http.Client
	changed func([]Server)

	kinds    []kind
	round    int
	places   map[netip.AddrPort]*place // only those where something listens
	visits   sync.WaitGroup
	visiting int // visits whose result is still to come
	results  chan result
	reported []Server
}

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

// take puts a result into the list, unless the place has changed hands meanwhile.
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
	case p.found.err != nil && !p.found.NeedsKey:
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

// firstReport waits for the visits of the first look, but not for a server that hangs.
func (w *watch) firstReport(ctx context.Context) {
	limit := time.NewTimer(firstLook)
	defer limit.Stop()
	for hung := false; w.visiting > 0 && !hung; {
		select {
		case r := <-w.results:
			w.take(r)
		case <-limit.C:
			hung = true
		case <-ctx.Done():
			return
		}
	}
	w.publish(w.servers())
}

func (w *watch) report() {
	if now := w.servers(); !slices.EqualFunc(now, w.reported, Server.equal) {
		w.publish(now)
	}
}

func (w *watch) publish(now []Server) {
	for _, s := range now {
		w.log.Debug("server", "name", s.Name, "url", s.URL, "models", len(s.Models), "needs_key", s.NeedsKey)
	}
	w.log.Info("servers found", "count", len(now))
	w.reported = now
	w.changed(now)
}

func (w *watch) servers() []Server {
	all := make(map[netip.AddrPort]found)
	for ep, p := range w.places {
		if p.found != nil {
			all[ep] = *p.found
		}
	}
	return servers(all)
}

// revisit looks again at the models of a server that is known, and at who is there if nothing is
// or the server does not answer as it used to: another one may have taken its port.
func (s *Scanner) revisit(ctx context.Context, c *http.Client, ep netip.AddrPort, kinds []kind, before *found) *found {
	if before != nil {
		again := *before
		again.relist(ctx, visitTo(c, ep, before.key), before.Models)
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

func (s Server) equal(t Server) bool {
	return s.Kind == t.Kind && s.Name == t.Name && *s.URL == *t.URL && s.Version == t.Version &&
		s.Dialects == t.Dialects && s.NeedsKey == t.NeedsKey && slices.Equal(s.Models, t.Models)
}
