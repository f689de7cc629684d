package app

import (
	"reflect"
	"sync"
	"time"
)

// stateEvery is the shortest time between two States for one watcher: a screen that changes more
// often merely flickers, and each request changes the State twice.
const stateEvery = 40 * time.Millisecond

// watchers are told of new States, and only of the latest, however many they missed.
type watchers struct {
	mu    sync.Mutex
	wakes map[chan struct{}]struct{}
}

// Watch calls fn with the current State and then with each one that differs from the last, one
// at a time, on a goroutine of its own. A watcher that is slow misses States, never the newest.
// After stop has returned, fn is not called any more; fn itself must not call stop.
func (c *Controller) Watch(fn func(State)) (stop func()) {
	wake := make(chan struct{}, 1)
	nudge(wake)
	c.news.watchers.add(wake)
	return inBackground(func(done <-chan struct{}) {
		defer c.news.watchers.remove(wake)
		var told State
		for wait(done, wake) {
			if now := c.State(); !reflect.DeepEqual(now, told) {
				told = now
				fn(now)
			}
			if !sleep(done, stateEvery) {
				return
			}
		}
	})
}

func (w *watchers) add(wake chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wakes == nil {
		w.wakes = make(map[chan struct{}]struct{})
	}
	w.wakes[wake] = struct{}{}
}

func (w *watchers) remove(wake chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.wakes, wake)
}

func (w *watchers) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for wake := range w.wakes {
		nudge(wake)
	}
}
