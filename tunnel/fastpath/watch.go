package fastpath

import (
	"errors"
	"os"
	"sync"
	"time"
)

// unwatched is how long a request is answered without a look at whether its client is still there. Most are over by then.
const unwatched = 50 * time.Millisecond

// longAgo is a deadline that ends a read at once.
var longAgo = time.Unix(1, 0)

// watch notices that the client leaves while a request is answered, as net/http does: by a read of one byte, which may be
// of the next request. It reads on the timer's own goroutine, and only where an answer takes its time. begin and stop
// belong to the goroutine of the connection.
type watch struct {
	conn  *conn
	timer *time.Timer   // nil before the first request
	runs  bool          // begin was called, and stop not yet: the timer is set, or look is on its way
	ended chan struct{} // gets one word from each run of look
	next  [1]byte       // of the next request

	mu      sync.Mutex // guards what follows
	stopped bool
	reading bool
	came    int // bytes, of next
	left    bool
}

// begin starts the time after which the watch begins. With ahead, some of the next request has come already: then nobody
// sees the client leave, as with net/http.
func (w *watch) begin(ahead bool) {
	if ahead {
		return
	}
	w.runs, w.stopped, w.came = true, false, 0 // look is not running
	if w.timer == nil {
		w.ended = make(chan struct{}, 1)
		w.timer = time.AfterFunc(unwatched, w.look)
		return
	}
	w.timer.Reset(unwatched)
}

// look waits for the client to leave, until stop.
func (w *watch) look() {
	defer func() { w.ended <- struct{}{} }()
	if !w.start() {
		return
	}
	n, err := w.conn.Conn.Read(w.next[:])
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reading = false
	w.came = n
	// A deadline may also be the one that whoever admits connections has set: it says nothing about the client.
	if w.left = n == 0 && !errors.Is(err, os.ErrDeadlineExceeded); w.left {
		w.conn.end()
	}
}

// start takes the deadline away, and reports false after stop.
func (w *watch) start() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return false
	}
	w.reading = true
	w.conn.moved.Store(true)
	_ = w.conn.SetReadDeadline(time.Time{})
	return true
}

// stop ends the watch, waits for its end, and reports whether the client has left. What has come of the next request is
// put where that is read from. It may be called again.
func (w *watch) stop() (left bool) {
	if !w.runs {
		return w.left
	}
	if w.runs = false; w.timer.Stop() {
		return false
	}
	w.mu.Lock()
	w.stopped = true
	if w.reading {
		_ = w.conn.SetReadDeadline(longAgo)
	}
	w.mu.Unlock()
	<-w.ended
	w.conn.push(w.next[:w.came])
	return w.left
}
