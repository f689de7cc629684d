package feed

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// What is told is acted on at once when it is the first, and then together, in its order.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var acted []int
		q := NewQueue(func(x int) {
			mu.Lock()
			defer mu.Unlock()
			acted = append(acted, x)
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { q.Run(ctx) })
		told := func(want ...int) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(acted, want) {
				t.Errorf("acted on %v, want %v", acted, want)
			}
		}
		for id := range 3 {
			q.Tell(id + 1)
			told(1)
		}
		q.Look() // somebody wants to know
		told(1, 2, 3)
		q.Tell(4)
		told(1, 2, 3)
		time.Sleep(queuePause)
		told(1, 2, 3, 4)
		cancel()
		running.Wait()
		q.Tell(5)
		told(1, 2, 3, 4)
		q.Look()
		told(1, 2, 3, 4, 5)
	})
}

// Who tells must not wait for who acts.
func TestTellingDoesNotWait(t *testing.T) {
	q := NewQueue(func(int) {})
	for i := range 100 {
		q.Tell(i)
	}
	q.Look() // leaves room
	q.acting.Lock()
	defer q.acting.Unlock()
	if n := testing.AllocsPerRun(50, func() { q.Tell(1) }); n != 0 {
		t.Errorf("to be told takes %v allocations", n)
	}
}
