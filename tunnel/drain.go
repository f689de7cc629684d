package tunnel

import (
	"io"
	"net/http"
	"time"
)

// unread reports whether a request may have more of a body than net/http reads by itself when
// it was answered early.
func unread(r *http.Request) bool { return r.ContentLength < 0 || r.ContentLength > smallBody }

// drain reads what the client still has to send after it was answered, up to a bound. A browser
// reads the answer only when it has sent everything, and reports a network error when it
// cannot: without this nobody ever sees our 413.
func (g *Gateway) drain(r *http.Request) {
	if r.Header.Get("Expect") != "" {
		return // it waits for a word from us before it sends anything
	}
	c := callOf(r)
	body := g.timed(c)
	body.timeout = min(body.timeout, g.timing.drain)
	late := time.AfterFunc(g.timing.drain, func() { _ = c.response.control.SetReadDeadline(time.Now()) })
	defer late.Stop()
	_, _ = io.CopyN(io.Discard, body, 2*g.MaxBody)
}
