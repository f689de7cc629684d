package tunnel

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"modelbeam/tunnel/websocket"
)

// response counts what goes to the client and gives every write a deadline of its own, for a
// phone that stopped reading. A deadline for the whole answer would cut streams.
type response struct {
	http.ResponseWriter
	ctx     context.Context // the call's
	end     context.CancelCauseFunc
	upload  *upload // the call's
	control *http.ResponseController
	timeout time.Duration
	armed   time.Time    // when the deadline was moved last
	urgent  atomic.Bool  // hurry was called
	status  atomic.Int32 // of the final header, 0 before
	bytes   atomic.Int64
	closes  bool  // the answer's header said that the connection ends with it
	err     error // of the first write that failed
}

// urgentTimeout is what a write gets to say the last words in after hurry.
const urgentTimeout = 300 * time.Millisecond

func (w *response) init(to http.ResponseWriter, timeout time.Duration) {
	w.ResponseWriter, w.control, w.timeout = to, http.NewResponseController(to), timeout
}

// Unwrap lets http.ResponseController find what this type does not do itself.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *response) WriteHeader(status int) {
	if status >= http.StatusOK || status == http.StatusSwitchingProtocols {
		w.begin(status)
	}
	w.arm()
	w.ResponseWriter.WriteHeader(status)
}

// begin notes the status of the final header, which is about to go.
func (w *response) begin(status int) {
	if !w.status.CompareAndSwap(0, int32(status)) {
		return
	}
	if status != http.StatusSwitchingProtocols && !w.upload.over() {
		w.cutOff(status)
	}
}

func (w *response) Write(p []byte) (int, error) {
	w.begin(http.StatusOK)
	w.arm()
	n, err := w.ResponseWriter.Write(p)
	w.bytes.Add(int64(n))
	w.note(err)
	return n, err
}

func (w *response) FlushError() error {
	w.begin(http.StatusOK) // a flush before the first write sends the header
	w.arm()
	err := w.control.Flush()
	w.note(err)
	return err
}

func (w *response) note(err error) {
	if err != nil && w.err == nil && !errors.Is(err, http.ErrBodyNotAllowed) {
		w.err = err
	}
}

// arm moves the deadline on. Moving it costs a lock in the runtime's poller, so not for every
// one of thousands of small writes a second.
func (w *response) arm() {
	now := time.Now()
	if w.urgent.Load() {
		_ = w.control.SetWriteDeadline(now.Add(urgentTimeout))
	} else if now.Sub(w.armed) > w.timeout/8 {
		w.armed = now
		_ = w.control.SetWriteDeadline(now.Add(w.timeout))
		if w.urgent.Load() { // hurry came in between and its deadline was overwritten
			_ = w.control.SetWriteDeadline(now.Add(urgentTimeout))
		}
	}
}

// hurry makes a write that is under way, and all later ones, end soon. Unlike the rest of
// response it may be called from another goroutine, as long as the handler runs.
func (w *response) hurry() {
	w.urgent.Store(true)
	_ = w.control.SetWriteDeadline(time.Now().Add(urgentTimeout))
}

// Hijack hands a WebSocket's connection over. http.Server forgets such connections, so it is
// closed here when the call ends: a write to a phone that does not read would wait.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := w.control.Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("take over connection: %w", err)
	}
	w.status.Store(http.StatusSwitchingProtocols)
	return websocket.NewConn(w.ctx, conn, w.end), buffered, nil
}

// settle gives net/http time to send what is still buffered after the handler's end: a
// deadline of long ago may still be set, and it would outlive the request too.
func (w *response) settle() {
	if w.status.Load() == http.StatusSwitchingProtocols {
		return // the connection is not ours any more
	}
	if !w.urgent.Load() && time.Since(w.armed) <= w.timeout/8 {
		return // there is enough left, as after most answers
	}
	_ = w.control.SetWriteDeadline(time.Now().Add(w.timeout))
}

// cutOff prepares for an answer to a request whose body was not read to its end. net/http would read
// on before it sends the answer, with no deadline, for as long as the client sends nothing; told not
// to, it would take what is left of the body for the next request. So the answer goes at once, and
// call.drain deals with the rest. If the client can only tell the end of the answer by what net/http writes
// after the handler, the answer is the last one on its connection.
func (w *response) cutOff(status int) {
	_ = w.control.EnableFullDuplex() // HTTP/1.1 only, as all that Serve speaks
	empty := status == http.StatusNoContent || status == http.StatusNotModified
	if w.closes = w.upload.awaited() || !empty && w.Header().Get("Content-Length") == ""; w.closes {
		w.Header().Set("Connection", "close")
	}
}

// hangUp closes the connection, since nobody can tell where on it the next request would begin. It
// says so first and waits a little: to close on bytes that were not read resets the connection, and
// a reset may overtake the answer (RFC 9112 section 9.6).
func (w *response) hangUp() {
	conn, _, err := w.control.Hijack()
	if err != nil {
		return // not net/http's; it knows what to do
	}
	defer conn.Close()
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = conn.SetReadDeadline(time.Now().Add(lingerTime))
	_, _ = io.CopyN(io.Discard, conn, lingerBytes)
}

// What net/http itself gives an answer to arrive, its rstAvoidanceDelay, and how much of a body it reads
// when a request was answered early.
const (
	lingerTime  = 500 * time.Millisecond
	lingerBytes = 256 << 10
)
