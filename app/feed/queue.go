package feed

import (
	"context"
	"sync"
	"time"
)

// queuePause is the shortest time between two looks of Run at a Queue: long enough that thousands of things a
// second share some fifty looks, and too short for a person to notice.
const queuePause = 20 * time.Millisecond

// Queue takes what is told in a hurry, up to thousands of times a second, and has it acted on together, because to
// act takes many locks and wakes many goroutines. Where nothing is told, nothing runs. Nothing is ever
// left out, so that a queue whose act takes too long grows. Make it with NewQueue; its methods may be called from any goroutine.
type Queue[T any] struct {
	act  func(T)
	wake chan struct{}

	acting sync.Mutex // held while act is called, so that everything comes in its order

	mu   sync.Mutex // guards what follows; never held while act is called
	told []T
	last []T // of the look before, to be used again
}

// NewQueue makes a Queue that calls act with what is told: in the order in which it was told, and one at a time,
// on the goroutine of Run or of Look. act must not call Look.
func NewQueue[T any](act func(T)) *Queue[T] {
	return &Queue[T]{act: act, wake: make(chan struct{}, 1)}
}

// Tell puts x down to be acted on. It never waits for act.
func (q *Queue[T]) Tell(x T) {
	q.mu.Lock()
	q.told = append(q.told, x)
	first := len(q.told) == 1
	q.mu.Unlock()
	if first {
		select {
		case q.wake <- struct{}{}:
		default:
		}
	}
}

// Look returns when everything that was told before has been acted on, for whoever wants to see what came of it.
func (q *Queue[T]) Look() {
	q.acting.Lock()
	defer q.acting.Unlock()
	q.mu.Lock()
	told := q.told
	q.told, q.last = q.last[:0], nil
	q.mu.Unlock()
	for _, x := range told {
		q.act(x)
	}
	clear(told)
	q.mu.Lock()
	q.last = told
	q.mu.Unlock()
}

// Run acts on what is told until ctx ends: at once on the first thing after a silence, and then after each pause
// on what has come in it. What is told after the end is left to Look.
func (q *Queue[T]) Run(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
			q.Look()
		}
		pause.Reset(queuePause)
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
	}
}
