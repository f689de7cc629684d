package app

import (
	"context"
	"sync"
)

// errands are what a person asked for without waiting: a server to be tested or started. They
// end with the Controller.
type errands struct {
	ctx    context.Context
	cancel context.CancelFunc

	mu    sync.Mutex // guards what follows, and lets none begin while all are ended
	ended bool
	all   sync.WaitGroup
}

func newErrands() *errands {
	ctx, cancel := context.WithCancel(context.Background())
	return &errands{ctx: ctx, cancel: cancel}
}

// begin runs f on a goroutine of its own, unless all have ended. It must return soon after its ctx ends.
func (e *errands) begin(f func(ctx context.Context)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.ended {
		e.all.Go(func() { f(e.ctx) })
	}
}

// end ends all errands and waits for that.
func (e *errands) end() {
	e.mu.Lock()
	e.ended = true
	e.mu.Unlock()
	e.cancel()
	e.all.Wait()
}
