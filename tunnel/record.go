package tunnel

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"modelbeam/tunnel/admission"
)

// statusClientGone stands in an Exchange for a client that went away before the end. It is
// nginx's number; no client ever sees it.
const statusClientGone = 499

// record is the outermost step: it starts the request's call, counts what is answered and
// tells Observe.
func (g *Gateway) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		admission.Begin(r.Context())
		rw := newResponse(w, g.timing.write)
		rw.arm() // the last request's deadline may have passed, and net/http may have to say 100 Continue
		c := newCall(r, rw)
		g.calls.add(c)
		defer g.finish(c)        // also when the handler panics to cut the connection
		r = r.WithContext(c.ctx) // a copy: net/http looks at the body of its own
		c.upload.replaceBody(r)
		if !r.ProtoAtLeast(1, 1) && !slices.Contains(reads, r.Method) {
			// There could have been a Transfer-Encoding, with which the framing is faulty (RFC 9112
			// section 6.1). net/http takes it out of the head and for nothing.
			rw.Header().Set("Connection", "close")
		}
		next.ServeHTTP(rw, r)
		g.leave(c, r)
		c.served = true
	})
}

// started tells Observe that c has begun, once.
func (g *Gateway) started(c *call) {
	if c.report && g.calls.begin(c) && g.Observe != nil {
		g.Observe(c.exchange())
	}
}

func (g *Gateway) finish(c *call) {
	gone := context.Cause(c.ctx)
	g.started(c)
	if c.expiry != nil {
		c.expiry.Stop()
	}
	g.calls.remove(c)
	c.cancel(nil)
	c.response.settle()
	c.abandon()
	if g.Observe == nil || !c.report {
		return
	}
	e := c.exchange()
	e.Ended = true
	// A client may be gone because it has all that it wanted.
	left := errors.Is(gone, context.Canceled) && !c.served
	if left || c.left || c.response.err != nil && !c.resumable {
		e.Status = statusClientGone
	}
	g.Observe(e)
}

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

func newResponse(w http.ResponseWriter, timeout time.Duration) *response {
	return &response{ResponseWriter: w, control: http.NewResponseController(w), timeout: timeout}
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
// closed here when the call ends: ReverseProxy alone would wait for a phone that does not read.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := w.control.Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("take over connection: %w", err)
	}
	w.status.Store(http.StatusSwitchingProtocols)
	webSocket := &webSocketConn{Conn: conn, ctx: w.ctx, end: w.end}
	context.AfterFunc(w.ctx, func() { _ = webSocket.Close() })
	return webSocket, buffered, nil
}

// settle gives net/http time to send what is still buffered after the handler's end: a
// deadline of long ago may still be set, and it would outlive the request too.
func (w *response) settle() {
	if w.status.Load() == http.StatusSwitchingProtocols {
		return // the connection is not ours any more
	}
	_ = w.control.SetWriteDeadline(time.Now().Add(w.timeout))
}
