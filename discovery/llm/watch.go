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
	tick       = time.Second // between two rounds of knocking
	settleTime = time.Second // what a slow answer may delay the report of a look
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
	w.settle(ctx)
	if ctx.Err() == nil {
		w.publish(w.servers())
	}
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-ticker.C:
			w.look(ctx)
		case r := <-w.results:
			w.take(r)
		case done := <-w.scanner.asked():
			w.lookAgain(ctx)
			w.report()
			close(done)
			continue
		}
		w.report()
	}
}

// Refresh makes the running Watch look at everything now, servers that it knows included, and
// returns when changed has been told what came of it; a server that hangs delays it by no more
// than a second. It returns early when ctx ends, and only then when no Watch is running.
func (s *Scanner) Refresh(ctx context.Context) {
	done := make(chan struct{})
	select {
	case s.asked() <- done:
	case <-ctx.Done():
		return
	}
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// asked is how Refresh reaches Watch.
func (s *Scanner) asked() chan chan struct{} {
	s.once.Do(func() { s.refresh = make(chan chan struct{}) })
	return s.refresh
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

// lookAgain visits every place now, whenever it would have been due. It is a first round again,
// which spares nothing.
func (w *watch) lookAgain(ctx context.Context) {
	w.round = 0
	for _, p := range w.places {
		p.due = time.Time{}
	}
	w.look(ctx)
	w.settle(ctx)
}

// settle waits for the visits that are under way, but not for a server that hangs.
func (w *watch) settle(ctx context.Context) {
	limit := time.NewTimer(settleTime)
	defer limit.Stop()
	for w.visiting > 0 {
		select {
		case r := <-w.results:
			w.take(r)
		case <-limit.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// report tells of the servers if they are not those of the last report.
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

// equal compares what a person or the gateway could notice. A list of no models is the same as
// none, whichever way a server says it.
func (s Server) equal(t Server) bool {
	return s.Kind == t.Kind && s.Name == t.Name && *s.URL == *t.URL && s.Version == t.Version &&
		s.Dialects == t.Dialects && s.Paths == t.Paths && s.NoStream == t.NoStream && s.NeedsKey == t.NeedsKey && slices.Equal(s.Models, t.Models)
}
