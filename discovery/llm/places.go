package llm

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"modelbeam/discovery/sockets"
)

// place is an endpoint where something listens. One goroutine owns all places, that of Watch or Scan, and this is
// what becomes of each:
//
//	            socket is new                    visit is due
//	(nothing) ----------------> place, not busy --------------> busy: a visit is under way
//	     ^                        ^                                |
//	     |                        |   take: found or not found,    |
//	     |                        +--- and when to come again <----+
//	     +--- socket is gone: whatever its visit finds is dropped
//
// A visit never touches the place. It works on copies, and its result says which place it was for.
type place struct {
	sockets.Socket
	ignored  bool              // known to be no server: nothing is asked there
	likely   bool              // its program is one that LLM servers have
	parents  []sockets.Process // the processes that its own descends from
	stranger string            // the other person of this machine whose it is; empty for all others

	found   *found // nil: nothing that we know; never changed, only replaced
	doubts  int    // visits in a row that left it unclear what this is
	missed  int    // knocks in a row that were not answered
	busy    bool   // a visit is under way
	due     time.Time
	backoff time.Duration
}

// result is what a visit to a place came back with; a nil found is nothing that we know.
type result struct {
	place  *place
	found  *found
	unsure bool // see found; true also where nothing was found because nothing was answered in time
}

// look finds out where something listens and begins the visits that are due. It does not wait for them: their
// results go to take.
func (w *watch) look(ctx context.Context) {
	if w.round%configRounds == 0 {
		w.configure()
	}
	w.round++
	open, live := w.byList(ctx)
	if !live {
		open = w.byKnocking(ctx, open)
	}
	if ctx.Err() != nil {
		return // the knocks were cut short and prove nothing
	}
	for ep := range w.places {
		if _, still := open[ep]; !still {
			delete(w.places, ep)
		}
	}
	w.meet(open)
	for _, p := range w.due() {
		w.visit(ctx, p)
	}
}

// due are the places that it is time to visit, those first where a server is most probable: while many
// others hang, the visits to these must not wait.
func (w *watch) due() []*place {
	var probable, others []*place
	for _, p := range w.places {
		switch {
		case !w.isDue(p):
		case p.likely || w.usual[p.Addr.Port()]:
			probable = append(probable, p)
		default:
			others = append(others, p)
		}
	}
	return append(probable, others...)
}

// meet makes a place of each socket that was not there at the last look. A new socket in a known place means that
// a server was restarted, or has given its port to another one: it is visited at once.
func (w *watch) meet(open map[netip.AddrPort]sockets.Socket) {
	var fresh []sockets.Socket
	for ep, s := range open {
		if p := w.places[ep]; p == nil || p.ID != s.ID {
			fresh = append(fresh, s)
		}
	}
	if len(fresh) == 0 {
		return
	}
	// Both take milliseconds, so they are done once, for everything that is new: a socket nearly always
	// keeps its process, and a process its ancestors.
	sockets.FindProcesses(fresh)
	lookUp := sockets.Processes()
	for _, s := range fresh {
		program, _ := lookUp(s.PID)
		now := &place{
			Socket:   s,
			ignored:  s.PID != 0 && s.PID == w.scanner.self() || isOther(program.Name),
			likely:   w.isServer(program.Name),
			parents:  sockets.Ancestors(s.PID, lookUp),
			stranger: s.Account.Stranger(),
		}
		if before := w.places[s.Addr]; before != nil && before.found != nil {
			now.found = before.found.restarted()
		}
		w.places[s.Addr] = now
	}
}

// isDue says whether it is time to visit. A usual port is visited whoever has it.
func (w *watch) isDue(p *place) bool {
	if p.ignored && !w.usual[p.Addr.Port()] {
		return false
	}
	return !p.busy && !time.Now().Before(p.due)
}

// visit begins a visit, as soon as not too many others are under way. It gets copies of all it needs,
// because it outlives this round.
func (w *watch) visit(ctx context.Context, p *place) {
	p.busy = true
	w.visiting++
	at, limit, before, kinds := w.spot(p), 3*w.scanner.patient(), p.found, w.kinds
	if w.once {
		before = nil // the visit before this one was unsure, so all is to be asked again
	}
	w.visits.Go(func() {
		select {
		case w.slots <- struct{}{}:
			defer func() { <-w.slots }()
		case <-ctx.Done():
			return
		}
		visiting, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		r := result{place: p}
		r.found, r.unsure = w.revisit(visiting, at, kinds, before)
		select {
		case w.results <- r:
		case <-ctx.Done():
		}
	})
}

// take puts a result into the list, unless the place has changed hands meanwhile, and decides when to visit
// it again. A port that belongs to something else is visited less and less often: a server may still be
// starting there, but nobody should find us all over their log. It reports true if the place is to be
// visited again at once, because this is a Scan, which has no next look.
func (w *watch) take(r result) (again bool) {
	w.visiting--
	p := r.place
	if w.places[p.Addr] != p {
		return false
	}
	p.busy = false
	if w.once && r.unsure && r.found == nil {
		r.found = p.found // what an earlier visit took it for is better than nothing
	}
	switch {
	case w.once && r.unsure && p.doubts < maxScanDoubts:
		p.doubts++
		p.found = r.found // in case that nothing better comes in time
		return true
	case !w.once && r.unsure && p.doubts < maxDoubts && r.found != nil:
		p.doubts++ // what was known of it, if anything, stands until then
		p.due = time.Now().Add(lookEvery)
		return false
	}
	p.found, p.doubts = r.found, 0
	switch {
	case p.found == nil && (p.likely || w.usual[p.Addr.Port()]):
		p.backoff = min(max(lookEvery, 2*p.backoff), maxBackoff)
		p.due = time.Now().Add(p.backoff)
	case p.found == nil:
		p.backoff = min(max(4*lookEvery, 2*p.backoff), maxBackoffElsewhere)
		p.due = time.Now().Add(p.backoff)
	case p.found.err != nil && !p.found.NeedsKey && !isTimeout(p.found.err):
		p.backoff = min(max(lookEvery, 2*p.backoff), relistEvery) // loading its first model, probably
		p.due = time.Now().Add(p.backoff)
	default:
		p.backoff, p.due = 0, time.Now().Add(w.relistEvery())
	}
	return false
}

// configure reads the configuration of this machine again, which may name other ports by now.
func (w *watch) configure() {
	w.kinds = configured(w.scanner.table())
	w.usual = make(map[uint16]bool)
	for _, k := range w.kinds {
		for _, port := range k.ports {
			w.usual[uint16(port)] = true
		}
	}
}

// isServer says that a program of this name is an LLM server's. If it is false nothing is known: vLLM and many
// others run under the name of the language that they are written in.
func (w *watch) isServer(program string) bool {
	return slices.ContainsFunc(w.kinds, func(k kind) bool { return slices.Contains(k.programs, plainName(program)) })
}
