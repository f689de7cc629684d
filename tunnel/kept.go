package tunnel

import (
	"context"
	"sync"
	"time"
)

// maxKept bounds what is kept of one answer: 4 MiB is a hundred times the longest that models give.
const maxKept = 4 << 20

// stream is one answer and everything that was sent of it. All methods may be called from any
// goroutine.
type stream struct {
	key   streamKey
	id    uint64        // of its call
	limit time.Duration // how long it goes on with nobody there

	mu      sync.Mutex
	call    *call // that the server answers to; nil when that is over
	status  int   // 0 before the header
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
	return &stream{id: c.id, call: c, limit: limit, clients: 1, first: true}
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
	case len(s.data)+len(p) <= maxKept || s.call != nil && s.call.ctx.Err() != nil: // the last words have room
		s.data = append(s.data, p...)
	case s.first && s.clients == 1:
		s.dropped, s.data = true, nil
	default:
		s.cancel(errTooLong)
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
	s.state, s.call = cutOff, nil
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

// supersede tells that the client that asked is thought to be gone, and returns the call whose
// connection that was; nil when that is over.
func (s *stream) supersede() *call {
	s.clientLeft()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.call
}

// leave is called when a client that followed has gone.
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
		s.cancel(context.Canceled)
	default:
		s.alone = time.AfterFunc(s.limit, s.stop)
	}
}

// stop ends the server's work.
func (s *stream) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel(context.Canceled)
}

// cancel ends the server's work for a reason; s.mu is held.
func (s *stream) cancel(why error) {
	if s.call != nil {
		s.call.cancel(why)
	}
}
