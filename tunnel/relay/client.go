package relay

import (
	"bytes"
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"modelbeam/tunnel/events"
	"modelbeam/tunnel/fault"
)

// client is who gets an answer. Up to three goroutines have something for it: the request's, the timer of
// silence, and a transport that hands on informational answers. So everything to the client goes through here,
// under the lock. The lock is held over a write to the client, on purpose: that is how two of them never mix.
// Nobody else waits for it.
type client struct {
	relay   *Relay
	request *Request
	asked   *http.Request // by the client

	mu       sync.Mutex
	w        http.ResponseWriter
	control  http.ResponseController // of w
	heard    *attempt                // whose informational answers are passed on
	status   int                     // of the server's answer, 0 before
	unsent   bool                    // something waits for the next flush
	finished bool                    // nothing more is sent, whatever the timer says

	// See file silence.
	timer  *time.Timer  // nil: nobody looks for silence
	opened bool         // the stream was begun here
	events bool         // what the server sends is a stream of events, between which comments may be sent
	edge   events.Edge  // where the client's stream stands
	spoke  time.Time    // when something was sent last
	answer bytes.Buffer // what came instead of a stream after opened
}

func (l *Relay) newClient(w http.ResponseWriter, r *http.Request, q *Request) *client {
	return &client{relay: l, request: q, asked: r, w: w, control: *http.NewResponseController(w)}
}

// listen makes a's informational answers the ones to pass on; nil: nobody's.
func (c *client) listen(a *attempt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = a
}

// inform passes an informational answer on, with those of its headers that are for clients and none of ours. A
// client gets none after the header of an answer, nor over HTTP/1.0, which has none (RFC 9110 section 15.2).
func (c *client) inform(a *attempt, code int, from http.Header) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heard != a || c.opened || !c.asked.ProtoAtLeast(1, 1) {
		return
	}
	h := c.w.Header()
	ours := maps.Clone(h)
	clear(h)
	passOn(h, from)
	c.w.WriteHeader(code)
	clear(h)
	maps.Copy(h, ours)
}

// begin sends the header of a server's answer, unless the stream was opened here before. It waits for the next
// flush, so that it leaves with what comes right behind it.
func (c *client) begin(res *http.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	stream := events.FormatOf(res.Header.Get("Content-Type")) == events.EventStream && res.Header.Get("Content-Encoding") == ""
	c.status = res.StatusCode
	if c.opened {
		c.events = stream && res.StatusCode == http.StatusOK // the status cannot go out any more
		return
	}
	c.events = stream && res.Header.Get("Content-Length") == "" // there is no room in a promised length
	h := c.w.Header()
	passOn(h, res.Header)
	if _, said := h["Content-Type"]; !said {
		h["Content-Type"] = nil // or net/http would guess, from the first bytes, what the server did not say
	}
	if len(res.Trailer) > 0 {
		h["Trailer"] = []string{strings.Join(slices.Collect(maps.Keys(res.Trailer)), ", ")}
	}
	c.w.WriteHeader(res.StatusCode)
	c.spoke, c.unsent = time.Now(), true
}

// Write passes a piece of the answer on. What came instead of the stream that was promised is kept, up to
// maxAnswer, and the rest dropped.
func (c *client) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.opened && !c.events {
		c.answer.Write(p[:min(len(p), maxAnswer-c.answer.Len())])
		return len(p), nil
	}
	if c.events {
		c.spoke = time.Now()
		c.edge.Pass(p)
	}
	c.unsent = true
	return c.w.Write(p)
}

// flush sends what was written, if there is anything.
func (c *client) flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.unsent {
		return nil
	}
	c.unsent = false
	return c.control.Flush()
}

// trail sends the trailers of a server's answer. net/http knows of those that were announced in the header. Where
// others came too, the prefix tells it that these names are trailers.
func (c *client) trail(trailer http.Header, announced int) {
	if len(trailer) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.opened && !c.events {
		return
	}
	_ = c.control.Flush() // or net/http would count the length of a short body, and send no trailers
	prefix := ""
	if c.opened || len(trailer) != announced {
		prefix = http.TrailerPrefix
	}
	for name, values := range trailer {
		c.w.Header()[prefix+name] = values
	}
}

// fail answers with f in place of a server.
func (c *client) fail(f *fault.Failure) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status, c.events = f.StatusCode(), false
	if c.opened {
		c.answer.Write(f.Body(c.request.Dialect))
		return
	}
	f.Write(c.w, c.asked, c.request.Dialect)
}

// gone notes that the client has left before there was an answer.
func (c *client) gone() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status, c.events = fault.StatusClientGone, false
	if !c.opened {
		c.w.WriteHeader(c.status) // nobody reads it
	}
}

// finish ends the answer: it stops the timer, and sends what was kept as the event that takes the stream's place.
func (c *client) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finished = true
	if c.timer != nil {
		c.timer.Stop()
	}
	if c.opened && !c.events && c.status != 0 && c.status != fault.StatusClientGone {
		c.request.code = cmp.Or(c.request.code, "server_error")
		_, _ = c.w.Write(c.event())
	}
}
