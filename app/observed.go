package app

import (
	"context"
	"sync"
	"time"

	"modelbeam/tunnel"
)

// observePause is the shortest time between two looks at what the gateway has told.
const observePause = 20 * time.Millisecond

// observed takes what the gateway tells of requests: it is told of the beginning and the end of each, thousands
// of times a second at most, and all that comes of that takes many locks and wakes many. So a request only puts it
// down here. Where nothing is told, nothing runs.
type observed struct {
	act  func(tunnel.Exchange)
	wake chan struct{}

	acting sync.Mutex // held while act is called, so that everything comes in its order

	mu   sync.Mutex // guards what follows, and never over act
	told []tunnel.Exchange
	last []tunnel.Exchange // of the look before, to be used again
}

func newObserved(act func(tunnel.Exchange)) *observed {
	return &observed{act: act, wake: make(chan struct{}, 1)}
}

// tell is for tunnel.Gateway.Observe.
func (o *observed) tell(x tunnel.Exchange) {
	o.mu.Lock()
	o.told = append(o.told, x)
	first := len(o.told) == 1
	o.mu.Unlock()
	if first {
		nudge(o.wake)
	}
}

// look acts on everything that was told until now. Whoever shows what phones do calls it before.
func (o *observed) look() {
	o.acting.Lock()
	defer o.acting.Unlock()
	o.mu.Lock()
	told := o.told
	o.told, o.last = o.last[:0], nil
	o.mu.Unlock()
	for _, x := range told {
		o.act(x)
	}
	clear(told)
	o.mu.Lock()
	o.last = told
	o.mu.Unlock()
}

// run acts on what is told, until ctx ends. What is told after that is left to look.
func (o *observed) run(ctx context.Context) {
	for wait(ctx.Done(), o.wake) {
		o.look()
		sleep(ctx.Done(), observePause)
	}
}
