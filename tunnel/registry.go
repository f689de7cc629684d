package tunnel

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/fault"
)

// registry holds the calls under way, so that they can be ended from outside. Nothing that waits happens
// under its lock: a deadline is moved, a context cancelled, and that is all.
type registry struct {
	mu    sync.Mutex
	calls map[*call]struct{}
	ended atomic.Uint64 // how often end was called; written under mu
	fewer chan struct{} // closed when a call is removed; nil while nobody waits for that
}

func (s *registry) add(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls == nil {
		s.calls = make(map[*call]struct{})
	}
	s.calls[c] = struct{}{}
}

func (s *registry) remove(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, c)
	if s.fewer != nil {
		close(s.fewer)
		s.fewer = nil
	}
}

// reserve notes that c's body is being read for one of the requests that its device has left. It reports
// false when others are under way for all of these.
func (s *registry) reserve(c *call, left int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for other := range s.calls {
		if other.reserved && other.device.ID == c.device.ID {
			left--
		}
	}
	c.reserved = left > 0
	return c.reserved
}

// release takes back what reserve noted.
func (s *registry) release(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.reserved = false
}

// report notes that Observe is told of c. It reports false when it was told before.
func (s *registry) report(c *call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.reported {
		return false
	}
	c.reported = true
	return true
}

// running returns the requests that have begun, as they stand. They are put in order when the lock is free
// again: there may be thousands.
func (s *registry) running() []Exchange {
	all := s.begun()
	slices.SortFunc(all, func(a, b Exchange) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

func (s *registry) begun() []Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Exchange, 0, len(s.calls))
	for c := range s.calls {
		if c.reported {
			all = append(all, c.exchange())
		}
	}
	return all
}

// hasBegun reports whether running would return any.
func (s *registry) hasBegun() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.calls {
		if c.reported {
			return true
		}
	}
	return false
}

// epoch is to be read before a key is checked or a server chosen, and given to assign or aim afterwards.
// It is how these notice that something was taken away meanwhile: whoever
// took it away ended the calls that it could see, and this one was not among them yet.
func (s *registry) epoch() uint64 { return s.ended.Load() }

// assign notes whose request c is. It reports false when end was called since epoch: the key
// must be checked again then, or a device removed in between would keep this request.
func (s *registry) assign(c *call, d Device, epoch uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended.Load() != epoch {
		return false
	}
	c.device = d
	return true
}

// aim notes where c's request goes. It reports false when end was called since epoch: the server
// may have been dropped in between, and whoever dropped it did not see this request.
func (s *registry) aim(c *call, t catalog.Target, epoch uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended.Load() != epoch {
		return false
	}
	c.target = t
	return true
}

// end ends the paired devices' requests for which why has a reason. It holds the lock while it
// does, so that no request of theirs ends by itself and hands its connection to the next one
// meanwhile.
func (s *registry) end(why func(*call) *fault.Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended.Add(1)
	for c := range s.calls {
		if c.device.ID == "" {
			continue
		}
		if f := why(c); f != nil {
			c.end(f)
		}
	}
}

// stopped ends what the end of the contexts of a run leaves: bodies that are being read.
func (s *registry) stopped(run *serving) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.calls {
		if c.isOf(run) {
			c.upload.giveUp()
		}
	}
}

// cut ends c if it is still under way. The lock is held for the reason that end has.
func (s *registry) cut(c *call, f *fault.Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.calls[c]; ok {
		c.end(f)
	}
}

// wait returns when no call of a run is under way any more, or when ctx is over.
func (s *registry) wait(ctx context.Context, run *serving) {
	for {
		fewer := s.underWay(run)
		if fewer == nil {
			return
		}
		select {
		case <-fewer:
		case <-ctx.Done():
			return
		}
	}
}

// underWay returns what is closed when there are fewer calls, or nil when run has none.
func (s *registry) underWay(run *serving) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.calls {
		if c.isOf(run) {
			if s.fewer == nil {
				s.fewer = make(chan struct{})
			}
			return s.fewer
		}
	}
	return nil
}

// detach lets c go on when its client goes away, and returns what ends the context that tells of
// the client. All else that ends c still does.
func (s *registry) detach(c *call) (leave context.CancelCauseFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
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
func (s *registry) hurry(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.calls[c]; ok {
		c.response.hurry()
	}
}
