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

// Events calls fn with every event from now on, in order and one at a time, on a goroutine
// of its own. After stop has returned, fn is not called any more; fn must not call stop.
func (c *Controller) Events(fn func(Event)) (stop func()) { return c.news.journal.Read(fn) }

// Source is what tells of States and events: a Controller, or one in another process.
type Source interface {
	State() State
	Watch(fn func(State)) (stop func())
	Events(fn func(Event)) (stop func())
}

// WriteEvents writes every event of from to w and, once the gateway is ready, every new State, one
// JSON object a line, until stop is called.
func WriteEvents(from Source, w io.Writer) (stop func()) {
	var mu sync.Mutex // guards the following: events and States come on two goroutines
	ready := false
	var told State
	write := func(e Event) { _ = plain.Encode(w, e) } // if nobody reads, we keep sharing
	state := func() {
		// As it is now: the one that a watcher is called with may be from before what was written meanwhile.
		if s := from.State(); ready && !reflect.DeepEqual(s, told) {
			told = s
			write(Event{Event: "state", Time: time.Now().UTC(), Detail: s})
		}
	}

	stopEvents := from.Events(func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		write(e)
		if e.Event == "ready" {
			ready = true
			state()
		}
	})
	stopStates := from.Watch(func(State) {
		mu.Lock()
		defer mu.Unlock()
		state()
	})
	return func() {
		stopStates()
		stopEvents()
	}
}
