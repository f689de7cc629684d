package relay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/events"
	"modelbeam/tunnel/fault"
)

// silence keeps a phone's connection alive while a server is silent: phones drop one on which
// nothing came for 30 seconds, and loading a model takes longer. When a streamed request got
// no answer for a while, it opens the event stream itself and then sends a comment now and
// then, also in later gaps; clients skip comments. From then on the server's status cannot be
// passed on any more: an error comes as an event. An answer in time is passed on as it is.
//
// It stands between ReverseProxy and the client as a ResponseWriter. The timer writes from a
// goroutine of its own, so everything to the client goes through here, under the lock. The lock is held
// over a write to the client, on purpose: that is how two of them never mix. Nobody else waits for it.
//
// What can happen, from the left to the right:
//
//	the server answers in time    its header passes, and comments fill later gaps if it is a stream
//	it is silent: opened          the client has a 200 and the head of a stream of events
//	  then it streams             its events pass as they come
//	  then it answers whole       the answer is kept and becomes one event, see event
//	  then it fails               the failure is written by ReverseProxy's ErrorHandler, kept, and becomes one
type silence struct {
	relay   *Relay
	request *Request
	header  http.Header // what ReverseProxy sets; the client's own header is touched under the lock only

	mu       sync.Mutex
	client   http.ResponseWriter
	timer    *time.Timer
	opened   bool         // the stream was begun here
	status   int          // of the server's answer, 0 before
	events   bool         // what the server sends is a stream of events, between which comments may be sent
	edge     events.Edge  // where the client's stream stands
	spoke    time.Time    // when something was sent last
	answer   bytes.Buffer // what came instead of a stream after opened
	finished bool
}

// maxAnswer bounds what is kept of an answer that has to be turned into an event.
const maxAnswer = 1 << 20

// comment is one line. An empty line after it would end an event where there is none: OpenAI's own
// library for Go takes that for an event without data up to version 3.40 and gives up
// (https://github.com/openai/openai-go/issues/556).
var comment = []byte(": waiting\n")

func (l *Relay) newSilence(w http.ResponseWriter, q *Request) *silence {
	s := &silence{relay: l, request: q, client: w, header: w.Header().Clone(), spoke: time.Now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer = time.AfterFunc(l.OpenAfter, s.tick)
	return s
}

// Unwrap lets http.ResponseController find what this type does not do itself.
func (s *silence) Unwrap() http.ResponseWriter { return s.client }

func (s *silence) Header() http.Header { return s.header }

func (s *silence) WriteHeader(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	informational := status < http.StatusOK
	if s.opened && informational {
		return // it would come after the final header
	}
	stream := events.FormatOf(s.header.Get("Content-Type")) == events.EventStream && s.header.Get("Content-Encoding") == ""
	if !informational {
		s.status = status
		s.events = stream && s.header.Get("Content-Length") == "" // there is no room in a promised length
	}
	if s.opened {
		s.events = stream && status == http.StatusOK // the status cannot go out any more
		return
	}
	h := s.client.Header()
	clear(h) // ReverseProxy clears its header after an informational one
	maps.Copy(h, s.header)
	s.client.WriteHeader(status)
}

func (s *silence) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opened && !s.events {
		s.answer.Write(p[:min(len(p), maxAnswer-s.answer.Len())])
		return len(p), nil
	}
	s.spoke = time.Now()
	s.edge.Pass(p)
	return s.client.Write(p)
}

func (s *silence) FlushError() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opened && !s.events {
		return nil
	}
	return http.NewResponseController(s.client).Flush()
}

// tick is the timer's: it opens the stream or sends a comment when it is time to.
func (s *silence) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finished {
		return
	}
	ping := s.relay.PingAfter
	switch {
	case s.status == 0 && !s.opened:
		if !s.request.Body.Fields.Streams {
			return // who waits for one JSON value must not get a stream
		}
		s.open()
	case s.status != 0 && !s.events:
		return // an answer that is no stream
	case !s.edge.Between() || time.Since(s.spoke) < ping: // in an event, or it is not silent
		s.timer.Reset(max(ping-time.Since(s.spoke), ping/8))
		return
	}
	s.speak()
	s.timer.Reset(ping)
}

func (s *silence) open() {
	s.opened = true
	h := s.client.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	s.client.WriteHeader(http.StatusOK)
}

func (s *silence) speak() {
	s.spoke = time.Now()
	_, err := s.client.Write(comment)
	if err == nil {
		err = http.NewResponseController(s.client).Flush()
	}
	if err != nil {
		s.request.End(context.Canceled) // nobody listens: the server need not go on
	}
}

// finish ends the timer's part. Nothing is written by it after that.
func (s *silence) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finished = true
	s.timer.Stop()
	if !s.opened {
		maps.Copy(s.client.Header(), s.header) // trailers
		return
	}
	if !s.events && s.status != 0 && s.status != fault.StatusClientGone {
		_, _ = s.client.Write(s.event())
	}
}

// event is the server's answer as events of the stream that was promised: an answer of OpenAI's API as the
// one event of a stream with its end mark, which their libraries take for a stream with one chunk; an error
// as each dialect has them in a stream. What is neither is told in words of ours.
func (s *silence) event() []byte {
	d := s.request.Dialect
	var body struct {
		Error json.RawMessage `json:"error"`
	}
	var line bytes.Buffer
	valid := json.Unmarshal(s.answer.Bytes(), &body) == nil && json.Compact(&line, s.answer.Bytes()) == nil
	failed := len(body.Error) > 0 && string(body.Error) != "null"
	switch {
	case valid && s.status < http.StatusBadRequest && d == dialect.OpenAI:
		return fmt.Appendf(nil, "data: %s\n\ndata: [DONE]\n\n", line.Bytes())
	case valid && failed && d == dialect.Anthropic:
		return fmt.Appendf(nil, "event: error\ndata: %s\n\n", line.Bytes())
	case valid && failed:
		return fmt.Appendf(nil, "data: %s\n\n", line.Bytes())
	}
	return events.EventStream.Failure(s.relay.Laptop.ServerError(s.request.target.Server.Name, s.status), d)
}
