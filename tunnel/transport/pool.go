package transport

import (
	"sync"
	"time"
)

const (
	// restFor is how long a connection may rest: uvicorn closes idle ones after 5 s, and others sooner.
	restFor = 2 * time.Second
	// maxRest is how many connections to one address may rest. More are busy at once only in a burst, and a burst
	// should not hold a server's sockets afterwards.
	maxRest = 64
)

// pool keeps connections that serve no request, by their address. The zero value is empty. Its methods may
// be called from any goroutine.
type pool struct {
	mu      sync.Mutex
	resting map[string][]*conn // the one that was used last at the end
	sweeper *time.Timer        // nil while none rests
}

// take returns the connection to an address that was used last, which its server is the least likely to have
// closed, or nil. It is the caller's from then on.
func (p *pool) take(address string) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.resting[address]
	if len(all) == 0 {
		return nil
	}
	last := len(all) - 1
	c := all[last]
	all[last] = nil
	p.resting[address] = all[:last]
	return c
}

// put keeps a connection for the next request. It reports false where enough are kept; then it is still the
// caller's.
func (p *pool) put(c *conn) bool {
	c.rests = time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.resting[c.address]
	if len(all) == maxRest {
		return false
	}
	if p.resting == nil {
		p.resting = make(map[string][]*conn)
	}
	p.resting[c.address] = append(all, c)
	if p.sweeper == nil {
		p.sweeper = time.AfterFunc(restFor, p.sweep)
	}
	return true
}

// sweep closes what has rested for too long, and comes again while anything rests.
func (p *pool) sweep() {
	closeThem(p.tired(time.Now().Add(-restFor)))
}

// tired takes out what has rested since before a time, and sets the timer for the next that will have. Lists are
// copied and not cut, so that the room of those taken out is free.
func (p *pool) tired(before time.Time) (out []*conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	oldest := time.Time{}
	for address, all := range p.resting {
		n := 0
		for n < len(all) && !all[n].rests.After(before) {
			n++
		}
		out = append(out, all[:n]...)
		if n == len(all) {
			delete(p.resting, address)
			continue
		}
		p.resting[address] = append([]*conn(nil), all[n:]...)
		if first := all[n].rests; oldest.IsZero() || first.Before(oldest) {
			oldest = first
		}
	}
	p.sweeper = nil
	if !oldest.IsZero() {
		p.sweeper = time.AfterFunc(time.Until(oldest.Add(restFor)), p.sweep)
	}
	return out
}

// closeAll closes all that rest. What is put here afterwards rests as usual.
func (p *pool) closeAll() {
	p.mu.Lock()
	var out []*conn
	for _, all := range p.resting {
		out = append(out, all...)
	}
	p.resting = nil
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
