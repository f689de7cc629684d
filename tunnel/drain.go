package tunnel

import (
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// upload is a request's body as the client sends it. It remembers whether all of it was read: what
// follows on the connection is a request only then.
type upload struct {
	io.ReadCloser
	expects bool        // the client sends nothing before it gets a 100 Continue
	begun   atomic.Bool // somebody read of it, for which net/http sends the 100
	ended   atomic.Bool
}

func newUpload(r *http.Request) *upload {
	u := &upload{ReadCloser: r.Body, expects: r.Header.Get("Expect") != ""}
	u.ended.Store(r.Body == nil || r.Body == http.NoBody)
	return u
}

// replaceBody puts u in the place of r's body. One that is known to be empty stays as it is: package
// http looks for that very value.
func (u *upload) replaceBody(r *http.Request) {
	if !u.over() {
		r.Body = u
	}
}

func (u *upload) Read(p []byte) (int, error) {
	u.begun.Store(true)
	n, err := u.ReadCloser.Read(p)
	if err == io.EOF {
		u.ended.Store(true)
	}
	return n, err
}

// over reports whether nothing of the body is left. It may be called from any goroutine.
func (u *upload) over() bool { return u.ended.Load() }

// awaited reports whether the client waits for a word from us before it sends anything.
func (u *upload) awaited() bool { return u.expects && !u.begun.Load() }

// cutOff prepares for an answer to a request whose body was not read to its end. net/http would read
// on before it sends the answer, with no deadline, for as long as the client sends nothing; told not
// to, it would take what is left of the body for the next request. So the answer goes at once, and
// leave sees to the rest. An answer that the client knows the end of only by what net/http writes
// after the handler is the last one of its connection.
func (w *response) cutOff(status int) {
	_ = w.control.EnableFullDuplex() // HTTP/1.1 only, as all that Serve speaks
	empty := status == http.StatusNoContent || status == http.StatusNotModified
	if w.closes = w.upload.awaited() || !empty && w.Header().Get("Content-Length") == ""; w.closes {
		w.Header().Set("Connection", "close")
	}
}

// leave ends a request that was answered before its body had arrived. The connection goes on only
// if the rest of the body comes too.
func (g *Gateway) leave(c *call, r *http.Request) {
	if c.upload.over() {
		return
	}
	clear(r.Header) // it may be large, and waits with whoever sends nothing
	if c.response.status.Load() == 0 {
		c.response.WriteHeader(http.StatusOK) // as net/http would, but by way of cutOff
	}
	_ = c.response.control.Flush()
	_ = c.response.control.SetReadDeadline(time.Now().Add(g.timing.drain)) // for net/http too
	g.drain(c.upload)
	if !c.upload.over() && !c.response.closes {
		c.response.hangUp()
	}
}

// drain reads what the client still has to send after it was answered, up to a bound. A browser
// reads the answer only when it has sent everything, and reports a network error when it
// cannot: without this nobody ever sees our 413.
func (g *Gateway) drain(u *upload) {
	if !u.awaited() {
		_, _ = io.CopyN(io.Discard, u, 2*g.MaxBody)
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
	_, _ = io.CopyN(io.Discard, conn, smallBody)
}

// lingerTime is what net/http itself gives an answer to arrive, its rstAvoidanceDelay.
const lingerTime = 500 * time.Millisecond

// abandon lets nobody wait for the rest of a body when a handler panicked: net/http would.
func (c *call) abandon() {
	if !c.served && !c.upload.over() {
		_ = c.response.control.SetReadDeadline(time.Now())
	}
}
