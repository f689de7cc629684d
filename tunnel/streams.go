package tunnel

import (
	"context"
	"sync"
	"time"
)

const (
	// maxKept bounds what is kept of one answer: 4 MiB is a hundred times the longest that models
	// give.
	maxKept = 4 << 20
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
		if s.over() && (oldest == nil || s.call.id < oldest.call.id) {
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

// forget removes a device's answers that are over.
func (a *streams) forget(device string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for k, s := range a.all {
		if k.device == device && s.over() {
			delete(a.all, k)
		}
	}
}

// stream is one answer and everything that was sent of it. All methods may be called from any
// goroutine.
type stream struct {
	key   streamKey
	call  *call         // that the server answers to; of interest while it is under way
	limit time.Duration // how long it goes on with nobody there

	mu      sync.Mutex
	status  int // 0 before the header
	kind    string
	data    []byte
	state   streamState
	changed chan struct{} // closed when anything of the above changes; nil while nobody waits
	clients int
	first   bool // the client that asked is still there
	alone   *time.Timer
	dropped bool // it became too long to be kept
}

type streamState uint8

const (
	running streamState = iota
	whole               // it ended as it should, or with an error in it
	cutOff              // it ended before the length that its header told
)

func newStream(c *call, limit time.Duration) *stream {
	return &stream{call: c, limit: limit, clients: 1, first: true}
}

// begin notes the header, once.
func (s *stream) begin(status int, kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status == 0 {
		s.status, s.kind = status, kind
		s.tell()
	}
}

// add keeps what is sent. What becomes too long goes on like any other answer, for the client that
// asked and no longer.
func (s *stream) add(p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.dropped:
	case len(s.data)+len(p) <= maxKept || s.call.ctx.Err() != nil: // the last words have room
		s.data = append(s.data, p...)
	case s.first && s.clients == 1:
		s.dropped, s.data = true, nil
	default:
		s.call.cancel(errTooLong)
	}
	s.tell()
}

// tell wakes up who waits; s.mu is held.
func (s *stream) tell() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// wait is closed with the next change; s.mu is held.
func (s *stream) wait() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// since returns what there is from a byte on, and what tells of more.
func (s *stream) since(from int) ([]byte, streamState, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dropped {
		return nil, cutOff, nil
	}
	return s.data[from:], s.state, s.wait()
}

// header waits for the header. It reports false when there is none and will be none.
func (s *stream) header(ctx context.Context) (status int, kind string, ok bool) {
	for {
		s.mu.Lock()
		status, kind, over, changed := s.status, s.kind, s.state != running, s.wait()
		s.mu.Unlock()
		if status != 0 || over {
			return status, kind, status != 0
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, "", false
		}
	}
}

func (s *stream) length() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.data)
}

func (s *stream) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state != running
}

// end notes that nothing more comes.
func (s *stream) end(isWhole bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = cutOff
	if isWhole {
		s.state = whole
	}
	if s.alone != nil {
		s.alone.Stop()
	}
	s.tell()
}

// join adds a client that follows. It reports false when there is nothing to follow any more.
func (s *stream) join() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dropped {
		return false
	}
	s.clients++
	if s.alone != nil {
		s.alone.Stop()
		s.alone = nil
	}
	return true
}

// leave is called when a client has gone.
func (s *stream) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left()
}

// clientLeft is called when the client that asked has gone, any number of times.
func (s *stream) clientLeft() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first {
		s.first = false
		s.left()
	}
}

func (s *stream) left() {
	s.clients--
	switch {
	case s.clients > 0 || s.state != running:
	case s.dropped:
		s.call.cancel(context.Canceled)
	default:
		s.alone = time.AfterFunc(s.limit, s.stop)
	}
}

// stop ends the server's work.
func (s *stream) stop() {
	s.call.cancel(context.Canceled)
}
