// Package feed tells others what is new: the latest of a value that changes, and everything that happens, one by
// one (Journal) or together after a moment (Queue). Whoever is told never holds up what it is told of. All methods
// may be called from any goroutine.
package feed

import (
	"reflect"
	"sync"
	"time"
)

// every is the shortest time between two values for one watcher: a screen that changes more often merely
// flickers.
const every = 40 * time.Millisecond

// Values tells watchers of new values of one thing, and only of the latest, however many they missed. The
// zero value has no watchers.
type Values[T any] struct {
	mu    sync.Mutex
	wakes map[chan struct{}]struct{}
}

// Changed tells everybody who watches that the value may be another one.
func (v *Values[T]) Changed() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for wake := range v.wakes {
		select {
		case wake <- struct{}{}:
		default: // it is awake already
		}
	}
}

// Watch calls fn with what now returns and then with each value that differs from the last, one at a time,
// on a goroutine of its own. A watcher that is slow misses values, never the newest. After stop has
// returned, fn is not called any more; fn itself must not call stop.
func (v *Values[T]) Watch(now func() T, fn func(T)) (stop func()) {
	wake := make(chan struct{}, 1)
	wake <- struct{}{}
	v.add(wake)
	return inBackground(func(done <-chan struct{}) {
		defer v.remove(wake)
		var told T
		pause := time.NewTimer(0)
		defer pause.Stop()
		for {
			select {
			case <-done:
				return
			case <-wake:
			}
			if value := now(); !reflect.DeepEqual(value, told) {
				told = value
				fn(value)
			}
			pause.Reset(every)
			select {
			case <-done:
				return
			case <-pause.C:
			}
		}
	})
}

func (v *Values[T]) add(wake chan struct{}) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.wakes == nil {
		v.wakes = make(map[chan struct{}]struct{})
	}
	v.wakes[wake] = struct{}{}
}

func (v *Values[T]) remove(wake chan struct{}) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.wakes, wake)
}

// inBackground runs f on a goroutine; stop closes f's done and waits for its end.
func inBackground(f func(done <-chan struct{})) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		f(done)
	}()
	return sync.OnceFunc(func() {
		close(done)
		<-ended
	})
}
