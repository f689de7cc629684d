package events

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// waiter is what a body is that can tell when there is something to read. Most streams wait nearly all of
// their time, and thousands of them need no buffer meanwhile.
type waiter interface {
	// Wait returns when a Read would not wait: there is something, or the end, or an error, which is
	// Wait's own too where it is known. It may return earlier.
	Wait() error
	// Ready reports whether a Read would not wait. It asks nobody, so that something may just have come.
	Ready() bool
}

// Wait returns when a Read of body would not wait, and at once where body cannot tell. Whoever wraps a
// body that is waited for has a Wait of its own, which asks this one.
func Wait(body io.Reader) error {
	if w, ok := body.(waiter); ok {
		return w.Wait()
	}
	return nil
}

// Waits reports whether body can tell. A Read that has nothing to give need not wait itself then: it may return
// nothing, and whoever reads waits without a buffer.
func Waits(body io.Reader) bool {
	_, ok := body.(waiter)
	return ok
}

// Ready reports whether a Read of body would not wait. It is false where body cannot tell.
func Ready(body io.Reader) bool {
	w, ok := body.(waiter)
	return ok && w.Ready()
}

// Drain waits for the end of body, of which nothing more is wanted, for at most so long: its connection can serve
// another request then. It does nothing where body cannot do so.
func Drain(body io.Reader, within time.Duration) {
	if d, ok := body.(interface{ Drain(time.Duration) }); ok {
		d.Drain(within)
	}
}

// rejoined is a body of which the beginning was read.
type rejoined struct {
	head []byte
	end  error // that came with the head
	io.ReadCloser
}

// Read implements io.Reader.
func (b *rejoined) Read(p []byte) (int, error) {
	if len(b.head) == 0 {
		if b.end != nil {
			return 0, b.end
		}
		return b.ReadCloser.Read(p)
	}
	n := copy(p, b.head)
	b.head = b.head[n:]
	if len(b.head) == 0 {
		b.head = nil // it is done with, whatever is left of the body
		return n, b.end
	}
	return n, nil
}

// Wait implements waiter.
func (b *rejoined) Wait() error {
	if len(b.head) > 0 || b.end != nil {
		return nil
	}
	return Wait(b.ReadCloser)
}

// Ready implements waiter.
func (b *rejoined) Ready() bool { return len(b.head) > 0 || b.end != nil || Ready(b.ReadCloser) }

// Rejoin makes a body again of what was read of it and of what is left.
func Rejoin(head []byte, rest io.ReadCloser) io.ReadCloser {
	return &rejoined{head: head, ReadCloser: rest}
}

// Replace makes a body of text alone. Closing it closes the one whose place it takes.
func Replace(text []byte, body io.ReadCloser) io.ReadCloser {
	return &rejoined{head: text, end: io.EOF, ReadCloser: body}
}

// SetBody gives an answer another body, see Replace.
func SetBody(res *http.Response, text []byte) {
	res.Body = Replace(text, res.Body)
	res.ContentLength, res.TransferEncoding = int64(len(text)), nil
	res.Header.Set("Content-Length", strconv.Itoa(len(text)))
}

// mediaType is what a Content-Type says without its parameters, which nothing here depends on and servers
// write in all ways (RFC 9110 section 8.3.1).
func mediaType(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.Trim(kind, " \t"))
}
