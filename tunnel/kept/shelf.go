package kept

import (
	"maps"
	"sync"
	"time"

	"modelbeam/tunnel/fault"
)

const (
	// maxEach and maxAll bound how many answers are kept: for a device, and for all.
	maxEach = 4
	maxAll  = 16
)

// Key is an answer's name, which is its device's own.
type Key struct{ Device, Name string }

// Shelf holds the answers that can be picked up again. The zero value is ready. All methods may be
// called from any goroutine.
type Shelf struct {
	mu    sync.Mutex
	all   map[Key]*Answer
	added uint64
}

// Add makes room for a and adds it. It reports false when all the room is taken by answers that are
// under way, and fails when one of them has the same name.
func (s *Shelf) Add(key Key, a *Answer) (bool, *fault.Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.all[key]; old != nil {
		if !old.isOver() {
			return false, fault.StreamExists
		}
		delete(s.all, key)
	}
	same := func(k Key) bool { return k.Device == key.Device }
	if !s.makeRoom(maxEach, same) || !s.makeRoom(maxAll, func(Key) bool { return true }) {
		return false, nil
	}
	if s.all == nil {
		s.all = make(map[Key]*Answer)
	}
	s.added++
	a.key, a.order = key, s.added
	s.all[key] = a
	return true, nil
}

// makeRoom removes the oldest that is over if there are as many as there may be. It reports false when
// none is.
func (s *Shelf) makeRoom(most int, among func(Key) bool) bool {
	n := 0
	var oldest *Answer
	for k, a := range s.all {
		if !among(k) {
			continue
		}
		n++
		if a.isOver() && (oldest == nil || a.order < oldest.order) {
			oldest = a
		}
	}
	if n < most {
		return true
	}
	if oldest != nil {
		delete(s.all, oldest.key)
	}
	return oldest != nil
}

// Get returns nil when there is no such answer.
func (s *Shelf) Get(key Key) *Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[key]
}

// Remove takes a off the shelf. Who follows it gets the rest of it nevertheless.
func (s *Shelf) Remove(a *Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all[a.key] == a {
		delete(s.all, a.key)
	}
}

// Expire removes a after a while.
func (s *Shelf) Expire(a *Answer, after time.Duration) {
	time.AfterFunc(after, func() { s.Remove(a) })
}

// Forget removes a device's answers. Who follows one gets the rest of it nevertheless.
func (s *Shelf) Forget(device string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.all, func(k Key, _ *Answer) bool { return k.Device == device })
}
