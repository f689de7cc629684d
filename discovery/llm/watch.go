package llm

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"modelbeam/discovery/sockets"
)

const (
	lookEvery  = time.Second // between two looks
	settleTime = time.Second // by which a slow answer may delay the report of a look

	relistEvery  = 5 * time.Second // between two looks at the models of a server
	configRounds = 10              // looks between two at this machine's configuration
	calmFactor   = 5               // how much less often all is looked at while nobody watches

	// maxDoubts is the number of visits after which a server that never answers some question is taken
	// for what its other answers say. Until then it gets no name, because a name that was told should
	// not change.
	maxDoubts = 3
	// maxScanDoubts is the same for Scan, for which somebody waits.
	maxScanDoubts = 1

	maxBackoff          = 30 * time.Second // between two visits to a usual port that has no server
	maxBackoffElsewhere = 10 * time.Minute // between two visits to any other that has none
)

// Watch calls changed with the servers there are: once after the first look, even if there are none, and from
// then on whenever one comes, goes or changes its models. It blocks until ctx ends. It calls changed from
// the goroutine that it was called on, one call at a time. A Scanner may have only one Watch at a time.
//
// A server that starts or stops is noticed within 2 s, a change of its models within 10 s; see Calm
// for less. On macOS it may take 15 s to notice a server at an unusual port. A server that is merely too busy
// to answer stays in the list, with the models it had before.
//
// While nothing happens, a look costs one question to the system about its sockets, or a refused
// TCP connection for each usual port where that question is costly. HTTP requests go only to known servers,
// and less and less often to ports that belong to something else.
func (s *Scanner) Watch(ctx context.Context, changed func([]Server)) {
	w := s.newWatch(changed)
	defer w.visits.Wait()
	timer := time.NewTimer(s.pace())
	defer timer.Stop()
	w.look(ctx)
	w.settle(ctx, within(settleTime))
	if ctx.Err() == nil {
		w.publish(w.servers())
		w.hint(ctx)
	}
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-timer.C:
			w.look(ctx)
			timer.Reset(s.pace())
			if w.round%configRounds == 0 {
				w.hint(ctx)
			}
		case <-s.wakes():
			w.look(ctx)
			timer.Reset(s.pace())
		case r := <-w.results:
			w.take(r)
		case now := <-w.hints:
			w.hinted(ctx, now)
		case done := <-s.refreshes():
			w.lookAgain(ctx)
			w.report()
			close(done)
			continue
		}
		if w.report() {
			w.hint(ctx)
		}
	}
}

// newWatch makes the state that one Scan or one Watch needs.
func (s *Scanner) newWatch(changed func([]Server)) *watch {
	w := &watch{
		scanner: s,
		log:     s.logger(),
		client:  newClient(s.patient()),
		places:  make(map[netip.AddrPort]*place),
		slots:   make(chan struct{}, maxVisits),
		results: make(chan result),
		hints:   make(chan []Hint),
		changed: changed,
	}
	w.noteAnswer()
	return w
}

// watch is the state of one running Watch or Scan. One goroutine owns it. Visits to servers run on other
// goroutines, so that a server that hangs holds nothing up; each sends a result back. They share only
// what is safe to share: scanner, client, slots, results and answeredAt.
type watch struct {
	scanner *Scanner
	log     *slog.Logger
	client  *http.Client
	changed func([]Server)

	once  bool // there is no other look: this is Scan
	round int
	kinds []kind
	usual map[uint16]bool // the ports of kinds

	sockets  []sockets.Socket // as last listed
	listedAt time.Time
	blind    bool // they cannot be listed

	places     map[netip.AddrPort]*place // only those where something listens
	visits     sync.WaitGroup
	slots      chan struct{} // one taken for each visit under way
	visiting   int           // visits whose result is still to come
	results    chan result
	answeredAt atomic.Int64 // when some server answered
	reported   []Server

	hinting   bool // a search is under way
	hintAgain bool
	hints     chan []Hint
	told      []Hint
}

// lookAgain visits every place now, even if it is not due, except where something else was found at a port that
// means nothing. It is like the first round, which leaves nothing out.
func (w *watch) lookAgain(ctx context.Context) {
	w.round, w.listedAt = 0, time.Time{}
	for _, p := range w.places {
		if p.found != nil || p.likely || w.usual[p.Addr.Port()] {
			p.due = time.Time{}
		}
	}
	w.look(ctx)
	w.settle(ctx, within(settleTime))
}

// settle waits for the visits that are under way, but not for a server that hangs: left says how much longer to
// wait.
func (w *watch) settle(ctx context.Context, left func() time.Duration) {
	timer := time.NewTimer(left())
	defer timer.Stop()
	for w.visiting > 0 {
		select {
		case r := <-w.results:
			if w.take(r) {
				w.visit(ctx, r.place)
			}
		case <-timer.C:
			rest := left()
			if rest <= 0 {
				return
			}
			timer.Reset(rest)
		case <-ctx.Done():
			return
		}
	}
}

// within is a limit for settle that begins now.
func within(limit time.Duration) func() time.Duration {
	end := time.Now().Add(limit)
	return func() time.Duration { return time.Until(end) }
}

// report tells of the servers if they are not those of the last report.
func (w *watch) report() bool {
	now := w.servers()
	if slices.EqualFunc(now, w.reported, Server.equal) {
		return false
	}
	w.publish(now)
	return true
}

func (w *watch) publish(now []Server) {
	for _, s := range now {
		w.log.Debug("server", "name", s.Name, "url", s.URL, "models", len(s.Models), "needs_key", s.NeedsKey)
	}
	w.log.Info("servers found", "count", len(now))
	w.reported = now
	w.changed(now)
}

func (w *watch) servers() []Server { return servers(withoutChildren(w.places)) }

// relistEvery is the time between two looks at the models of a server.
func (w *watch) relistEvery() time.Duration {
	if w.scanner.calm.Load() {
		return calmFactor * relistEvery
	}
	return relistEvery
}

// equal compares everything that a person or the gateway could notice.
func (s Server) equal(t Server) bool {
	return s.Kind == t.Kind && s.Name == t.Name && s.User == t.User && *s.URL == *t.URL && s.Version == t.Version &&
		s.Dialects == t.Dialects && s.Paths == t.Paths && s.NeedsKey == t.NeedsKey && s.Loading == t.Loading &&
		s.Quirks == t.Quirks &&
		slices.EqualFunc(s.Models, t.Models, Model.equal)
}
