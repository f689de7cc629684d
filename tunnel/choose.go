package tunnel

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

// choose finds the servers for the model that q names, the preferred one first, aims the call at that,
// and makes the request ready for it. The others are for relay/failover.go, should that one not be reached.
func (g *Gateway) choose(r *http.Request, c *call, q *asked) ([]catalog.Target, *fault.Failure) {
	name, pass := q.model.Value, q.device.Pass
	if name == "" && q.route.generates && pass.Allows(nil) {
		name = g.chooser.models().Default(q.route.dialect)
	}
	for { // until nothing was taken away between the look at the catalog and the note of it
		epoch := g.calls.epoch()
		found, f := g.chooser.find(r.Context(), q.inquiry(name))
		if f != nil {
			return nil, f
		}
		if !pass.Allows(found[0].Model) { // the request names none, and would get one of the server's choice
			return nil, fault.ModelNotAllowed
		}
		if g.calls.aim(c, found[0], epoch) {
			q.address(r, found[0])
			return found, nil
		}
	}
}

// inquiry is q's wish for a model, by whichever name.
func (q *asked) inquiry(name string) catalog.Inquiry {
	return catalog.Inquiry{Name: name, Dialect: q.route.dialect, Pass: q.device.Pass}
}

// address names the model in r as t's server knows it, and takes out what is not a device's to ask for.
func (q *asked) address(r *http.Request, t catalog.Target) {
	if !q.route.hasBody() {
		if t.Name != q.model.Value {
			query := r.URL.Query()
			query.Set("model", t.Name)
			r.URL.RawQuery = query.Encode()
		}
		return
	}
	context := 0 // unknown
	if t.Model != nil {
		context = t.Model.Context
	}
	q.body.Restrain(context)
	if t.Name != q.model.Value {
		q.body.SetModel(q.model, t.Name)
	}
	r.ContentLength = q.body.Size()
	r.TransferEncoding, r.Trailer = nil, nil
	r.Body = http.NoBody // the relay opens it as often as it has to
}

// SetServers replaces the servers and their models, best first. Requests under way keep
// their server, but for those that wait for the first byte of one that is not among them any more:
// another one that has the model gets them.
func (g *Gateway) SetServers(servers []catalog.Server) {
	g.Handler()
	g.chooser.set(servers)
	g.relay.Changed()
}

// A chooser answers "who has this model" from the newest catalog. It never waits for a server: what there is
// was told to SetServers. Only for a model that nobody has does it have somebody look around, and everybody
// who waits for that waits for the same look.

// chooser knows the servers that there are, and looks again when one is asked for that there is not.
type chooser struct {
	look    func(context.Context) // Gateway.Refresh
	limit   time.Duration         // for look
	laptop  fault.Laptop
	newest  atomic.Pointer[catalog.Catalog]
	looking looking
}

// models returns the catalog, which is empty before the first SetServers.
func (s *chooser) models() *catalog.Catalog {
	if c := s.newest.Load(); c != nil {
		return c
	}
	return &catalog.Catalog{}
}

// set makes a new catalog of servers. Two at once both come in, one after the other: each remembers what the
// one before it had.
func (s *chooser) set(servers []catalog.Server) {
	for {
		old := s.newest.Load()
		if s.newest.CompareAndSwap(old, catalog.New(servers, old)) {
			return
		}
	}
}

// find returns who has a model. When nobody has, it looks around once: the server may have started, or
// pulled the model, a moment ago. What a guest's pass is not for is answered like what is not there, and
// as fast.
func (s *chooser) find(ctx context.Context, q catalog.Inquiry) ([]catalog.Target, *fault.Failure) {
	found := s.models().Find(q)
	if len(found) == 0 && s.look != nil && q.Pass.MayMean(q.Name) {
		s.looking.wait(ctx, s.look, s.limit)
		found = s.models().Find(q)
	}
	// A server that is loading is skipped while another one has the model too.
	if ready := slices.DeleteFunc(found, catalog.Target.Loading); len(ready) > 0 {
		return ready, nil
	}
	return nil, s.missing(q)
}

// aim aims c at another server that has its model. It reports false when t is not shared any more.
func (s *chooser) aim(calls *registry, c *call, t catalog.Target) bool {
	for {
		epoch := calls.epoch()
		if !s.models().Has(t) {
			return false
		}
		if calls.aim(c, t, epoch) {
			return true
		}
	}
}

// missing turns "no server for this" into what the person can do. The order is that of what is most likely
// to help: a guest first learns nothing of what the pass is not for; then come what is about to be there, what
// was there, that nothing is there, that it is there in another dialect; and last what there is instead.
func (s *chooser) missing(q catalog.Inquiry) *fault.Failure {
	c := s.models()
	if !q.Pass.MayMean(q.Name) {
		return s.notFound(q)
	}
	if server := c.Loading(q.Name, q.Dialect); server != "" {
		return s.laptop.ModelLoading(server)
	}
	if server := c.Gone(q.Name); server != "" {
		return s.laptop.Gone(server)
	}
	if len(c.Servers) == 0 {
		return fault.NoServer
	}
	if found := c.Resolve(q.Name, dialect.Any); len(found) > 0 {
		return fault.DialectNotSupported(fmt.Sprintf("%s, which has the model %q, does not speak %s.", found[0].Server.Name, q.Name, q.Dialect))
	}
	if len(c.Serving(q.Dialect)) == 0 {
		return fault.DialectNotSupported(fmt.Sprintf("No AI app on %s speaks %s.", s.laptop, q.Dialect))
	}
	return s.notFound(q)
}

func (s *chooser) notFound(q catalog.Inquiry) *fault.Failure {
	return s.laptop.ModelNotFound(q.Name, s.models().NamesIn(q.Dialect, q.Pass))
}

// looking makes all who wait for a look around wait for the same one. The zero value is ready.
type looking struct {
	mu   sync.Mutex
	done chan struct{} // closed when the look that is under way is over; nil when none is
}

func (f *looking) wait(ctx context.Context, look func(context.Context), limit time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	select {
	case <-f.start(look, limit):
	case <-ctx.Done():
	}
}

func (f *looking) start(look func(context.Context), limit time.Duration) <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done != nil {
		return f.done
	}
	done := make(chan struct{})
	f.done = done
	go func() {
		// Not the context of the request that happens to be first: others wait too.
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		defer func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.done = nil
			close(done)
		}()
		look(ctx)
	}()
	return done
}
