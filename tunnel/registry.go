package tunnel

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/fault"
)

// registry holds the requests under way, so that they can be ended from outside.
type registry struct {
	mu    sync.Mutex
	calls map[*call]struct{}
	ended uint64 // how often end was called
}

func (g *registry) add(c *call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls == nil {
		g.calls = make(map[*call]struct{})
	}
	g.calls[c] = struct{}{}
}

func (g *registry) remove(c *call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.calls, c)
}

// reserve notes that c's body is being read for one of the left requests of its device. It reports
// false when others are under way for all of these.
func (g *registry) reserve(c *call, left int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for other := range g.calls {
		if other.reserved && other.device.ID == c.device.ID {
			left--
		}
	}
	c.reserved = left > 0
	return c.reserved
}

// release takes back what reserve noted.
func (g *registry) release(c *call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c.reserved = false
}

// begin notes that c is one to tell of. It reports false when that was known.
func (g *registry) begin(c *call) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.reported {
		return false
	}
	c.reported = true
	return true
}

// running returns the requests that have begun, as they stand.
func (g *registry) running() []Exchange {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []Exchange
	for c := range g.calls {
		if c.reported {
			all = append(all, c.exchange())
		}
	}
	slices.SortFunc(all, func(a, b Exchange) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// epoch is to be read before a key is checked or a server chosen, and given to assign or aim
// afterwards.
func (g *registry) epoch() uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.ended
}

// assign notes whose request c is. It reports false when end was called since epoch: the key
// must be checked again then, or a device removed in between would keep this request.
func (g *registry) assign(c *call, d Device, epoch uint64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ended != epoch {
		return false
	}
	c.device = d
	return true
}

// aim notes where c's request goes. It reports false when end was called since epoch: the server
// may have been dropped in between, and whoever dropped it did not see this request.
func (g *registry) aim(c *call, t catalog.Target, epoch uint64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ended != epoch {
		return false
	}
	c.target = t
	return true
}

// end ends the paired devices' requests for which why has a reason. It holds the lock while it
// does, so that no request of theirs ends by itself and hands its connection to the next one
// meanwhile.
func (g *registry) end(why func(*call) *fault.Failure) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ended++
	for c := range g.calls {
		if c.device.ID == "" {
			continue
		}
		if f := why(c); f != nil {
			c.cancel(f)
			c.response.hurry()
		}
	}
}

// cut ends c if it is still under way. The lock is held for the reason that end has.
func (g *registry) cut(c *call, f *fault.Failure) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.calls[c]; ok {
		c.cancel(f)
		c.response.hurry()
	}
}

// wait returns when no request of server is under way any more, or when ctx is over.
func (g *registry) wait(ctx context.Context, server *http.Server) {
	const pause = 2 * time.Millisecond // as often as http.Server.Shutdown looks at first
	for g.busy(server) && ctx.Err() == nil {
		time.Sleep(pause)
	}
}

func (g *registry) busy(server *http.Server) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.calls {
		if c.ctx.Value(http.ServerContextKey) == server {
			return true
		}
	}
	return false
}

// detach lets c go on when its client goes away, and returns what ends the context that tells of
// the client. All else that ends c still does.
func (g *registry) detach(c *call) (leave context.CancelCauseFunc) {
	g.mu.Lock()
	defer g.mu.Unlock()
	leave = c.cancel
	ended := context.Cause(c.ctx)
	c.ctx, c.cancel = context.WithCancelCause(context.WithoutCancel(c.ctx))
	var f *fault.Failure
	if errors.As(ended, &f) {
		c.cancel(f)
	}
	return leave
}

// hurry makes c's client read at once or be taken for gone.
func (g *registry) hurry(c *call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.calls[c]; ok {
		c.response.hurry()
	}
}
