package transport

import (
	"sync"
	"time"
)

const (
	// restFor is how long any connection may rest: uvicorn closes idle ones after 5 s, and others sooner.
	restFor = 2 * time.Second
	// restLong is how long one may rest to a server that can spare it, so that who asks again meanwhile does not wait for
	// a new one. It is less than the minute after which nothing of a crowd is to be left.
	restLong = 45 * time.Second
	// maxRest is how many connections to one address may rest. More are busy at once only in a burst, and a burst
	// should not hold a server's sockets afterwards.
	maxRest = 64
	// mostRest is how many may to a server that was seen to have more.
	mostRest = 512
)

// pool keeps connections that serve no request, by their address. The zero value is empty. Its methods may
// be called from any goroutine.
type pool struct {
	mu      sync.Mutex
	hosts   map[string]*host
	sweeper *time.Timer // nil while nothing rests
}

// host is what is known of a server as long as there is a connection to it. After that it may be another one.
type host struct {
	resting []*conn // the one that was used last at the end
	answers int     // under way
	atOnce  int     // the most that were
}

// spare is how many connections may rest for long. Where a server has a thread for each, and only so many of them, those
// that rest keep others from being answered. So a place is left of those that it was seen to have.
func (h *host) spare() int { return min(max(h.atOnce-1, 0), mostRest) }

// host returns what is known of the server at an address. The caller holds p.mu.
func (p *pool) host(address string) *host {
	h := p.hosts[address]
	if h == nil {
		if p.hosts == nil {
			p.hosts = make(map[string]*host)
		}
		h = new(host)
		p.hosts[address] = h
	}
	return h
}

// take returns the connection to an address that was used last, which its server is the least likely to have
// closed, or nil. It is the caller's from then on.
func (p *pool) take(address string) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.hosts[address]
	if h == nil || len(h.resting) == 0 {
		return nil
	}
	last := len(h.resting) - 1
	c := h.resting[last]
	h.resting[last] = nil
	h.resting = h.resting[:last]
	return c
}

// begun notes that the answer to a request has begun. Done comes after it.
func (p *pool) begun(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.host(address)
	h.answers++
	h.atOnce = max(h.atOnce, h.answers)
}

// done notes that an answer has ended, and keeps its connection for the next request. It reports false where enough are
// kept; then that is still the caller's. With nil there is none to keep.
func (p *pool) done(address string, c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.host(address)
	h.answers--
	if c == nil || len(h.resting) >= max(maxRest, h.spare()) {
		p.forget(address, h)
		return false
	}
	c.rests = time.Now()
	h.resting = append(h.resting, c)
	if p.sweeper == nil {
		p.sweeper = time.AfterFunc(restFor, p.sweep)
	}
	return true
}

// forget forgets a server that there is no connection to. The caller holds p.mu.
func (p *pool) forget(address string, h *host) {
	if h.answers == 0 && len(h.resting) == 0 {
		delete(p.hosts, address)
	}
}

// sweep closes what has rested for too long, and comes again while anything rests.
func (p *pool) sweep() {
	closeThem(p.tired(time.Now()))
}

// tired takes out what has rested for long enough, and sets the timer for the next that will have.
func (p *pool) tired(now time.Time) (out []*conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweeper = nil
	next := time.Duration(-1)
	for address, h := range p.hosts {
		out = append(out, h.tired(now)...)
		p.forget(address, h)
		if len(h.resting) == 0 {
			continue
		}
		if due := h.due(now); next < 0 || due < next {
			next = due
		}
	}
	if next >= 0 {
		p.sweeper = time.AfterFunc(next, p.sweep)
	}
	return out
}

// tired takes out what is not to rest any longer. Lists are copied and not cut, so that the room of those taken out is
// free.
func (h *host) tired(now time.Time) (out []*conn) {
	var kept []*conn
	for i, c := range h.resting {
		if behind := len(h.resting) - i; c.mayRest(now.Sub(c.rests), behind <= h.spare()) {
			kept = append(kept, c)
		} else {
			out = append(out, c)
		}
	}
	h.resting = kept
	return out
}

// due is the time until tired has something to do, or to look at.
func (h *host) due(now time.Time) time.Duration {
	for _, c := range h.resting { // in the order in which they began to rest
		if rested := now.Sub(c.rests); rested < restFor {
			return restFor - rested
		}
	}
	return restFor
}

// closeAll closes all that rest. What is put here afterwards rests as usual.
func (p *pool) closeAll() {
	p.mu.Lock()
	var out []*conn
	for address, h := range p.hosts {
		out = append(out, h.resting...)
		h.resting = nil
		p.forget(address, h)
	}
	if p.sweeper != nil {
		p.sweeper.Stop()
		p.sweeper = nil
	}
	p.mu.Unlock()
	closeThem(out)
}

func closeThem(all []*conn) {
	for _, c := range all {
		_ = c.Close()
	}
}
