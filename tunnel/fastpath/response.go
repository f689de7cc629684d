package fastpath

import (
	"bufio"
	"bytes"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// exchange is one request and its answer.
type exchange struct {
	request  http.Request
	body     body
	response response
}

// open makes x ready for the handler, with a body of that many bytes.
func (x *exchange) open(c *conn, length int) {
	x.body = body{conn: c, left: length}
	x.request.Body = &x.body
	if length == 0 {
		x.request.Body = http.NoBody
		x.body.discard()
	}
	x.response = response{conn: c, header: make(http.Header, usualFields)}
}

// usualFields is for how many fields there is room in the head of an answer from the beginning.
const usualFields = 16

// keptBack is how much of an answer waits for more, or for a flush. An answer that is whole by then gets a
// Content-Length, as with net/http.
const keptBack = 2 << 10

// waitings are what is kept back, and writings what an answer is put together in, to leave in one write. They are in use only while it is written to.
var (
	waitings = sync.Pool{New: func() any { b := make([]byte, 0, keptBack); return &b }}
	writings = sync.Pool{New: func() any { b := make([]byte, 0, smallRoom); return &b }}
)

// largestWriting is how large a buffer of writings may become and stay: a piece of an answer has 32 KiB at most.
const largestWriting = 40 << 10

// response is an http.ResponseWriter on a connection of ours. It is for one goroutine at a time, but for the deadlines,
// which any may set while the handler runs.
type response struct {
	conn    *conn
	header  http.Header
	status  int     // 0 before WriteHeader
	waiting *[]byte // of the body, not sent yet; nil: nothing
	sent    bool    // the head is out
	chunked bool
	length  int64 // of the body as the handler has announced it; -1: it has not
	written int64 // of the body, by the handler
	closes  bool  // the connection ends with this answer
	failed  error // of a write to the connection
}

// Header implements http.ResponseWriter.
func (w *response) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter. An informational answer goes out at once.
func (w *response) WriteHeader(status int) {
	switch {
	case w.conn.taken || w.status != 0:
		return
	case status < http.StatusOK && status != http.StatusSwitchingProtocols:
		buffer := writings.Get().(*[]byte)
		early := maps.Clone(w.header)
		delete(early, "Content-Length") // it has no body (RFC 9110 section 8.6)
		w.write(buffer, append(appendFields(appendStatus((*buffer)[:0], status), early), "\r\n"...))
		return
	}
	// The head waits for the first of the body, or its end: they leave together, and whether the body's length is known
	// shows only then.
	w.status, w.length = status, -1
	if n, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		w.length = n
	} else {
		delete(w.header, "Content-Length")
	}
}

// Write implements http.ResponseWriter.
func (w *response) Write(p []byte) (int, error) {
	if w.conn.taken {
		return 0, http.ErrHijacked
	}
	w.WriteHeader(http.StatusOK)
	switch {
	case len(p) == 0:
		return 0, nil
	case !hasBody(w.status):
		return 0, http.ErrBodyNotAllowed
	}
	if w.written += int64(len(p)); w.length >= 0 && w.written > w.length {
		return 0, http.ErrContentLength
	}
	if w.waiting == nil && len(p) > keptBack || w.waiting != nil && len(*w.waiting)+len(p) > keptBack {
		w.send(p, false)
	} else {
		w.wait(p)
	}
	if w.failed != nil {
		return 0, w.failed
	}
	return len(p), nil
}

// wait keeps p back. Handlers write in small pieces what belongs together.
func (w *response) wait(p []byte) {
	if w.waiting == nil {
		w.waiting = waitings.Get().(*[]byte)
	}
	*w.waiting = append(*w.waiting, p...)
}

// Flush implements http.Flusher.
func (w *response) Flush() { _ = w.FlushError() }

// FlushError sends what was kept back, for http.ResponseController.
func (w *response) FlushError() error {
	if w.conn.taken {
		return http.ErrHijacked
	}
	w.WriteHeader(http.StatusOK)
	if w.waiting != nil || !w.sent {
		w.send(nil, false)
	}
	return w.failed
}

// finish sends what is left, and reports whether the connection is good for another request. An answer that is whole by
// now gets a length, which spares its client the chunks; the last chunk of any other leaves with the last of its body.
func (w *response) finish() bool {
	if w.conn.taken {
		return false
	}
	w.WriteHeader(http.StatusOK)
	if !w.sent && w.length < 0 && hasBody(w.status) && !w.hasTrailers() {
		w.length = w.written
		w.header["Content-Length"] = []string{strconv.FormatInt(w.written, 10)}
	}
	if w.waiting != nil || !w.sent || w.chunked {
		w.send(nil, true)
	}
	kept := w.length < 0 || w.length == w.written || !hasBody(w.status) // what the handler has promised of the length
	return !w.closes && kept && w.failed == nil
}

// send writes what was kept back and p, as one chunk where the answer has them; last says that nothing follows.
func (w *response) send(p []byte, last bool) {
	buffer := writings.Get().(*[]byte)
	b, kept := (*buffer)[:0], w.kept()
	if !w.sent {
		b = w.appendHead(b, kept, p)
	}
	b = w.appendBody(b, kept, p)
	if last && w.chunked {
		b = w.appendEnd(b)
	}
	w.write(buffer, b)
	if w.waiting != nil {
		*w.waiting = kept[:0]
		waitings.Put(w.waiting)
		w.waiting = nil
	}
}

// kept is what was kept back.
func (w *response) kept() []byte {
	if w.waiting == nil {
		return nil
	}
	return *w.waiting
}

// write writes b, which was put together in buffer, and gives that back.
func (w *response) write(buffer *[]byte, b []byte) {
	if w.failed == nil && len(b) > 0 {
		_, w.failed = w.conn.Write(b)
	}
	if cap(b) <= largestWriting { // one large answer must not make all buffers large
		*buffer = b
	}
	writings.Put(buffer)
}

// SetReadDeadline is for http.ResponseController.
func (w *response) SetReadDeadline(t time.Time) error {
	w.conn.moved.Store(true)
	return w.conn.SetReadDeadline(t) //nolint:wrapcheck // as net/http's
}

// SetWriteDeadline is for http.ResponseController.
func (w *response) SetWriteDeadline(t time.Time) error {
	return w.conn.SetWriteDeadline(t) //nolint:wrapcheck // as net/http's
}

// EnableFullDuplex is for http.ResponseController. There is nothing to enable: the body has come.
func (w *response) EnableFullDuplex() error { return nil }

// Hijack implements http.Hijacker.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c := w.conn
	if c.taken {
		return nil, nil, http.ErrHijacked
	}
	c.watch.stop()
	c.taken = true
	ahead := bytes.Clone(c.came())
	in := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(ahead), c.Conn), max(len(ahead), 16))
	_, _ = in.Peek(len(ahead))
	return c.Conn, bufio.NewReadWriter(in, bufio.NewWriter(c.Conn)), nil
}
