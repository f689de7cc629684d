package app

import (
	"context"
	"sync"
	"time"
)

// background is what a person asked for without waiting: a server to be tested or started. All of
// it ends with the Controller.
type background struct {
	ctx    context.Context
	cancel context.CancelFunc

	mu    sync.Mutex // guards what follows, and lets none begin while all are ended
	ended bool
	all   sync.WaitGroup
}

func newBackground() *background {
	ctx, cancel := context.WithCancel(context.Background())
	return &background{ctx: ctx, cancel: cancel}
}

// begin runs f on a goroutine of its own, unless all have ended. It must return soon after its ctx ends.
func (b *background) begin(f func(ctx context.Context)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended {
		b.all.Go(func() { f(b.ctx) })
	}
}

// end ends all of it and waits for that.
func (b *background) end() {
	b.mu.Lock()
	b.ended = true
	b.mu.Unlock()
	b.cancel()
	b.all.Wait()
}

// wait waits for a wake; it is false when done came first.
func wait(done, wake <-chan struct{}) bool {
	select {
	case <-done:
		return false
	case <-wake:
		return true
	}
}

// sleep lets d pass; it is false when done came first.
func sleep(done <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
		return false
	case <-t.C:
		return true
	}
}

// nudge wakes the one loop that reads from wake. It never waits: a second nudge says no more
// than the first.
func nudge(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}
