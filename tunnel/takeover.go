package tunnel

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
)

// errLeft is how an attempt ends whose server has left the catalog while another one has the model.
var errLeft = errors.New("server has left while the request waited")

// attempt is one sending of a request to one server.
type attempt struct {
	target target
	others []target // who has the same model
	stop   context.CancelCauseFunc
	state  atomic.Int32
}

const (
	waiting  = iota // for the first byte of an answer
	answered        // it came: this server's answer is final
	left            // the server is given up
)

// answer notes the first byte of an answer.
func (a *attempt) answer() { a.state.CompareAndSwap(waiting, answered) }

func (a *attempt) isAnswered() bool { return a.state.Load() == answered }
func (a *attempt) isLeft() bool     { return a.state.Load() == left }

// leave ends the attempt unless an answer has begun.
func (a *attempt) leave() {
	if a.state.CompareAndSwap(waiting, left) {
		a.stop(errLeft)
	}
}

// newAttempt is one for c, which can be left from then on, and the context that it has.
func (g *Gateway) newAttempt(ctx context.Context, c *call) (*attempt, context.Context) {
	ctx, stop := context.WithCancelCause(ctx) // ends with the call's
	a := &attempt{target: c.target, others: slices.Clone(c.others), stop: stop}
	g.calls.attempt(c, a)
	if g.models().without(a) { // it left since it was chosen, and whoever told has not seen this
		a.leave()
	}
	return a, ctx
}

// without reports whether a's server is gone from the catalog, and another one there to take over.
func (c *catalog) without(a *attempt) bool {
	return !c.has(a.target) && slices.ContainsFunc(a.others, c.has)
}

// attempt notes how c is being answered.
func (g *registry) attempt(c *call, a *attempt) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c.attempt = a
}

// giveUp ends the attempts that wait for servers which are not in the catalog any more: one that hangs
// would be waited for without end.
func (g *registry) giveUp(now *catalog) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.calls {
		if c.attempt != nil && now.without(c.attempt) {
			c.attempt.leave()
		}
	}
}
