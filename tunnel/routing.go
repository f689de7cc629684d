package tunnel

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// models returns the catalog, which is empty before the first SetServers.
func (g *Gateway) models() *catalog {
	if c := g.catalog.Load(); c != nil {
		return c
	}
	return &catalog{}
}

// pick aims c at the server for a model, and notes which others have it too.
func (g *Gateway) pick(c *call, name string) *failure {
	for {
		epoch := g.calls.epoch()
		found, f := g.choose(c.ctx, c.inquiry(name))
		if f != nil {
			return f
		}
		if g.calls.aim(c, found[0], epoch) {
			c.others = found[1:]
			return nil
		}
	}
}

// inquiry is a model that somebody asks for: by which name, in which words, and who.
type inquiry struct {
	name    string // empty when the request has none
	dialect Dialect
	pass    *Pass
}

func (c *call) inquiry(model string) inquiry {
	return inquiry{model, c.route.dialect, c.device.Pass}
}

// choose finds the servers for a model, the preferred one first. When the model is unknown it asks
// Refresh once: the server may have started, or pulled the model, a moment ago. What a guest's pass is
// not for is answered like what is not there, and as fast.
func (g *Gateway) choose(ctx context.Context, m inquiry) ([]target, *failure) {
	found := g.models().choose(m)
	if len(found) == 0 && g.Refresh != nil && m.pass.mayMean(m.name) {
		g.refresh.wait(ctx, g.Refresh, g.timing.refresh)
		found = g.models().choose(m)
	}
	if ready := slices.DeleteFunc(slices.Clone(found), target.loading); len(ready) > 0 {
		return ready, nil
	}
	return nil, g.explain(m)
}

// loading says that the target's server would only say that its model is being loaded.
func (t target) loading() bool { return t.server.Loading }

// loading returns the name of a server that may have the model once it is loaded: while it loads,
// not every server tells what. It is "" where there is none.
func (c *catalog) loading(name string, d Dialect) string {
	for _, s := range c.serving(d) {
		has := func(m Model) bool { return name == "" || m.ID == name }
		if s.Loading && (len(s.Models) == 0 || slices.ContainsFunc(s.Models, has)) {
			return s.Name
		}
	}
	return ""
}

func (c *catalog) choose(m inquiry) []target {
	if m.name != "" {
		return slices.DeleteFunc(c.resolve(m.name, m.dialect), func(t target) bool { return !m.pass.allows(t.known) })
	}
	for _, s := range c.serving(m.dialect) {
		if len(s.Models) > 0 { // or the default would be a model that is kept from devices
			return []target{{server: s}} // what another one would take for its default is another model
		}
	}
	return nil
}

// explain turns "no server for this" into what the person can do.
func (g *Gateway) explain(m inquiry) *failure {
	c := g.models()
	if !m.pass.mayMean(m.name) {
		return g.errModel(m)
	}
	if server := c.loading(m.name, m.dialect); server != "" {
		return errLoading(server, g.laptop())
	}
	if server := c.goneServer(m.name); server != "" {
		f := g.errUnreachable(server)
		f.status = 503
		return f
	}
	if len(c.servers) == 0 {
		return errNoServer
	}
	if found := c.resolve(m.name, OpenAI|Ollama|Anthropic); len(found) > 0 {
		return errDialect(fmt.Sprintf("%s, which has the model %q, does not speak %s.", found[0].server.Name, m.name, m.dialect))
	}
	if len(c.serving(m.dialect)) == 0 {
		return errDialect(fmt.Sprintf("No AI app on %s speaks %s.", g.laptop(), m.dialect))
	}
	return g.errModel(m)
}

func errDialect(sentence string) *failure {
	return &failure{
		status: 404, code: "dialect_not_supported",
		message: sentence + " Set the app to OpenAI-compatible and use the address that ends in /v1.",
	}
}

// loadingRetry is after how long a client may ask again for a model that is being loaded.
const loadingRetry = 5 * time.Second

func errLoading(server, laptop string) *failure {
	return &failure{
		status: 503, code: "model_loading", retry: loadingRetry,
		message: fmt.Sprintf("%s on %s is loading its model. Try again in a moment.", server, laptop),
	}
}

// refresher makes all who wait for a look around wait for the same one.
type refresher struct {
	mu   sync.Mutex
	done chan struct{} // closed when the look that is under way is over; nil when none is
}

func (f *refresher) wait(ctx context.Context, look func(context.Context), limit time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	select {
	case <-f.start(look, limit):
	case <-ctx.Done():
	}
}

func (f *refresher) start(look func(context.Context), limit time.Duration) <-chan struct{} {
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
