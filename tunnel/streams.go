package tunnel

import (
	"maps"
	"sync"
	"time"
)

const (
	// maxStreamsEach and maxStreams bound how many answers are kept: for a device, and for all.
	maxStreamsEach = 4
	maxStreams     = 16
)

// streams holds the answers that can be picked up again. The zero value is ready.
type streams struct {
	mu  sync.Mutex
	all map[streamKey]*stream
}

// streamKey is an answer's name, which is its device's own.
type streamKey struct{ device, name string }

// add makes room for s and adds it. It reports false when all the room is taken by answers that are
// under way.
func (a *streams) add(key streamKey, s *stream) (bool, *failure) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if old := a.all[key]; old != nil {
		if !old.over() {
			return false, errStreamTaken
		}
		delete(a.all, key)
	}
	same := func(k streamKey) bool { return k.device == key.device }
	if !a.makeRoom(maxStreamsEach, same) || !a.makeRoom(maxStreams, func(streamKey) bool { return true }) {
		return false, nil
	}
	if a.all == nil {
		a.all = make(map[streamKey]*stream)
	}
	s.key = key
	a.all[key] = s
	return true, nil
}

// makeRoom removes the oldest that is over if there are as many as there may be.
func (a *streams) makeRoom(most int, among func(streamKey) bool) bool {
	n := 0
	var oldest *stream
	for k, s := range a.all {
		if !among(k) {
			continue
		}
		n++
		if s.over() && (oldest == nil || s.id < oldest.id) {
			oldest = s
		}
	}
	if n < most {
		return true
	}
	if oldest != nil {
		delete(a.all, oldest.key)
	}
	return oldest != nil
}

// get returns nil when there is no such answer.
func (a *streams) get(key streamKey) *stream {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.all[key]
}

func (a *streams) remove(s *stream) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all[s.key] == s {
		delete(a.all, s.key)
	}
}

// expire removes s after a while.
func (a *streams) expire(s *stream, after time.Duration) {
	time.AfterFunc(after, func() { a.remove(s) })
}

// forget removes a device's answers. Who follows one gets the rest of it nevertheless.
func (a *streams) forget(device string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.DeleteFunc(a.all, func(k streamKey, _ *stream) bool { return k.device == device })
}
