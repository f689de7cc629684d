package app

import (
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"sync"
	"time"

	"modelbeam/app/plain"
)

// Event is something that happened, as a script sees it: one JSON object with "event" and
// "time" and, beside them, the fields of its Detail. It never holds a key, a prompt or an
// answer.
type Event struct {
	Event  string    // "ready", "state", "device", "request", "problem"
	Time   time.Time // UTC
	Detail any       // Ready, State, DeviceEvent, RequestEvent or *Problem
}

// MarshalJSON puts everything on one level.
func (e Event) MarshalJSON() ([]byte, error) {
	head, err := json.Marshal(struct {
		Event string    `json:"event"`
		Time  time.Time `json:"time"`
	}{e.Event, e.Time})
	if err != nil {
		return nil, err
	}
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return nil, err
	}
	return slices.Concat(head[:len(head)-1], []byte{','}, detail[1:]), nil
}

// Ready says, once, that the gateway is open and has looked for servers.
type Ready struct {
	Listen  string   `json:"listen"`
	URLs    []string `json:"urls"`
	PairURL string   `json:"pair_url"`
	Code    string   `json:"code"`
}

// DeviceEvent says that a device was "paired", "renewed" (it used a code again), "seen"
// (for the first time in a while), "paused", "resumed" or "removed".
type DeviceEvent struct {
	Action string `json:"action"`
	ID     string `json:"id"`
	Name   string `json:"name"`
}

// RequestEvent says that a request has ended.
type RequestEvent struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Device string `json:"device,omitempty"`
	Server string `json:"server,omitempty"`
	Model  string `json:"model,omitempty"`
	Status int    `json:"status"`
	Millis int64  `json:"ms"`
	Bytes  int64  `json:"bytes"`

	PromptTokens int `json:"prompt_tokens,omitempty"`
	Tokens       int `json:"tokens,omitempty"` // generated
}

// journal hands events to those who read them.
type journal struct {
	mu      sync.Mutex
	readers []chan Event
}

// maxUnread is how many events may wait for a reader. One that does not read must neither hold up
// the gateway nor fill the memory: it loses what is beyond.
const maxUnread = 1024

// write tells every reader that something happened.
func (j *journal) write(e Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range j.readers {
		select {
		case r <- e:
		default:
		}
	}
}

// Events calls fn with every event from now on, in order and one at a time, on a goroutine
// of its own. After stop has returned, fn is not called any more; fn must not call stop.
func (c *Controller) Events(fn func(Event)) (stop func()) {
	r := c.news.journal.open()
	return inBackground(func(done <-chan struct{}) {
		defer c.news.journal.drop(r)
		for {
			select {
			case e := <-r:
				fn(e)
			case <-done:
				return
			}
		}
	})
}

// open makes a reader, which drop takes away again.
func (j *journal) open() chan Event {
	r := make(chan Event, maxUnread)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.readers = append(j.readers, r)
	return r
}

func (j *journal) drop(r chan Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.readers = slices.DeleteFunc(j.readers, func(other chan Event) bool { return other == r })
}

// WriteEvents writes every event to w and, once the gateway is ready, every new State, one
// JSON object a line, until stop is called.
func (c *Controller) WriteEvents(w io.Writer) (stop func()) {
	var mu sync.Mutex // guards the following: events and States come on two goroutines
	ready := false
	var told State
	write := func(e Event) { _ = plain.Encode(w, e) } // if nobody reads, we keep sharing
	state := func(s State) {
		if ready && !reflect.DeepEqual(s, told) {
			told = s
			write(Event{Event: "state", Time: time.Now().UTC(), Detail: s})
		}
	}

	stopEvents := c.Events(func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		write(e)
		if e.Event == "ready" {
			ready = true
			state(c.State())
		}
	})
	stopStates := c.Watch(func(s State) {
		mu.Lock()
		defer mu.Unlock()
		state(s)
	})
	return func() {
		stopStates()
		stopEvents()
	}
}
