package feed

import (
	"slices"
	"sync"
)

// maxUnread is how many entries may wait for a reader. One that does not read must neither hold up who
// writes nor fill the memory: it loses what is beyond.
const maxUnread = 1024

// Journal hands everything that happens to those who read it. The zero value has no readers.
type Journal[T any] struct {
	mu      sync.Mutex
	readers []chan T
}

// Write tells every reader that something happened.
func (j *Journal[T]) Write(entry T) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range j.readers {
		select {
		case r <- entry:
		default:
		}
	}
}

// Read calls fn with every entry from now on, in order and one at a time, on a goroutine of its own. After
// stop has returned, fn is not called any more; fn must not call stop.
func (j *Journal[T]) Read(fn func(T)) (stop func()) {
	r := j.open()
	return inBackground(func(done <-chan struct{}) {
		defer j.drop(r)
		for {
			select {
			case entry := <-r:
				fn(entry)
			case <-done:
				return
			}
		}
	})
}

// open makes a reader, which drop takes away again.
func (j *Journal[T]) open() chan T {
	r := make(chan T, maxUnread)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.readers = append(j.readers, r)
	return r
}

func (j *Journal[T]) drop(r chan T) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.readers = slices.DeleteFunc(j.readers, func(other chan T) bool { return other == r })
}
