package relay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/events"
)

// What keeps a phone's connection alive while a server is silent: phones drop one on which nothing came for
// 30 seconds, and loading a model takes longer. When a streamed request got no answer for a while, the timer
// opens the event stream itself and then sends a comment now and then, also in later gaps; clients skip
// comments. From then on the server's status cannot be passed on any more: an error comes as an event. An answer
// in time is passed on as it is.
//
// What can happen, from the left to the right:
//
//	the server answers in time    its header passes, and comments fill later gaps if it is a stream
//	it is silent: opened          the client has a 200 and the head of a stream of events
//	  then it streams             its events pass as they come
//	  then it answers whole       the answer is kept and becomes one event, see event
//	  then it fails               the failure is kept, and becomes one
//
// One timer is all that a stream at rest has.

// maxAnswer bounds what is kept of an answer that has to be turned into an event.
const maxAnswer = 1 << 20

// comment is one line. An empty line after it would end an event where there is none: OpenAI's own
// library for Go takes that for an event without data up to version 3.40 and gives up
// (https://github.com/openai/openai-go/issues/556).
var comment = []byte(": waiting\n")

// wake lets tick look in a while. The caller holds c.mu.
func (c *client) wake(after time.Duration) {
	if c.timer == nil {
		c.timer = time.AfterFunc(after, c.tick)
		return
	}
	c.timer.Reset(after)
}

// watch begins to look for silence.
func (c *client) watch() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wake(c.relay.OpenAfter)
}

// tick is the timer's: it opens the stream or sends a comment when it is time to.
func (c *client) tick() {
	c.mu.Lock()
	defer c.mu.Unlock()
	ping := c.relay.PingAfter
	switch {
	case c.finished:
		return
	case c.status == 0 && !c.opened:
		if !c.request.Body.Fields.Streams {
			return // who waits for one JSON value must not get a stream
		}
		c.open()
	case c.status != 0 && !c.events:
		return // an answer that is no stream
	case !c.edge.Between() || time.Since(c.spoke) < ping: // in an event, or it is not silent
		c.wake(max(ping-time.Since(c.spoke), ping/8))
		return
	}
	c.speak()
	c.wake(ping)
}

func (c *client) open() {
	c.opened = true
	h := c.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	c.w.WriteHeader(http.StatusOK)
}

func (c *client) speak() {
	c.spoke = time.Now()
	_, err := c.w.Write(comment)
	if err == nil {
		err = c.control.Flush()
	}
	if err != nil {
		c.request.End(context.Canceled) // nobody listens: the server need not go on
	}
}

// event is the server's answer as events of the stream that was promised: an answer of OpenAI's API as the
// one event of a stream with its end mark, which their libraries take for a stream with one chunk; an error
// as each dialect has them in a stream. What is neither is told in words of ours.
func (c *client) event() []byte {
	d := c.request.Dialect
	var body struct {
		Error json.RawMessage `json:"error"`
	}
	var line bytes.Buffer
	valid := json.Unmarshal(c.answer.Bytes(), &body) == nil && json.Compact(&line, c.answer.Bytes()) == nil
	failed := len(body.Error) > 0 && string(body.Error) != "null"
	switch {
	case valid && c.status < http.StatusBadRequest && d == dialect.OpenAI:
		return fmt.Appendf(nil, "data: %s\n\ndata: [DONE]\n\n", line.Bytes())
	case valid && failed && d == dialect.Anthropic:
		return fmt.Appendf(nil, "event: error\ndata: %s\n\n", line.Bytes())
	case valid && failed:
		return fmt.Appendf(nil, "data: %s\n\n", line.Bytes())
	}
	return events.EventStream.Failure(c.relay.Laptop.ServerError(c.request.target.Server.Name, c.status), d)
}
