// Package control joins the processes of one Modelbeam: the service, which has the Controller, with the
// window and with terminals that show it. State goes one way, calls of the Controller's methods the other,
// as lines of JSON over a socket that only the same user can open.
//
// Each connection begins with a hello from the client and the server's answer. Both programs may be of
// different versions, as after an update under a running service: then the client is told so, and can still
// ask the service to end. So a hello, its answer and RoleStop must be understood by every later version.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"modelbeam/app"
	"modelbeam/app/usage"
)

// protocol is the version of what follows the hello. It grows with every change that an older program
// would misunderstand; a new field that it may ignore is none.
const protocol = 1

// helloWithin is how long either side waits for the other's first line.
const helloWithin = 5 * time.Second

const (
	// maxCall bounds a line that the server reads; the longest calls have a URL and a key in them.
	maxCall = 1 << 20
	// maxState bounds a line that a client reads: States with thousands of models are long.
	maxState = 64 << 20
)

// Role is what a client is there for.
type Role string

const (
	RoleWindow   Role = "window"   // there is one at a time
	RoleTerminal Role = "terminal" // shows the State, as many as there are
	RoleStop     Role = "stop"     // asks the service to end, and waits for that
)

// hello is the first line of a client.
type hello struct {
	Protocol int    `json:"protocol"`
	Version  string `json:"version"` // of the program, for people
	Role     Role   `json:"role"`
	Events   bool   `json:"events,omitempty"` // send them too
}

// welcome is the server's answer.
type welcome struct {
	Protocol int           `json:"protocol"`
	Version  string        `json:"version"`
	Shown    bool          `json:"shown,omitempty"` // another window has come to the front
	Full     bool          `json:"full,omitempty"`  // too many others are shown the State
	CodeApps []app.CodeApp `json:"code_apps,omitempty"`
}

// message is every further line, in both directions. One of its parts is set.
type message struct {
	State *snapshot `json:"state,omitempty"`
	Event *event    `json:"event,omitempty"`
	Show  bool      `json:"show,omitempty"` // the window is to come to the front
	Bye   bool      `json:"bye,omitempty"`  // the service ends, and not by an accident

	Call   string            `json:"call,omitempty"` // the name of a method
	Args   []json.RawMessage `json:"args,omitempty"`
	ID     uint64            `json:"id,omitempty"` // of a call that wants a result, and of that result
	Result json.RawMessage   `json:"result,omitempty"`
}

// snapshot is a State with what scripts are not shown of it.
type snapshot struct {
	app.State
	Usage    []usage.Row `json:"usage"`
	Terminal string      `json:"terminal,omitempty"`
}

func wrap(s app.State) *snapshot {
	wrapped := &snapshot{State: s, Usage: s.Usage}
	if s.Problem != nil {
		wrapped.Terminal = s.Problem.Terminal
	}
	return wrapped
}

func (s *snapshot) unwrap() app.State {
	state := s.State
	state.Usage = s.Usage
	if state.Problem != nil {
		state.Problem.Terminal = s.Terminal
	}
	return state
}

// event is an app.Event whose Detail stays as it is.
type event struct {
	Event  string          `json:"event"`
	Time   time.Time       `json:"time"`
	Detail json.RawMessage `json:"detail"`
}

// ErrNotRunning says that no service runs with the folder, or none that can be asked.
var ErrNotRunning = errors.New("no Modelbeam is running with this folder")

// errFull says that the service shows itself to as many as it can.
var errFull = errors.New("too many windows and terminals show this Modelbeam already: close some of them")

// VersionError says that the service that runs is of another version, so that no window or terminal of
// ours can show it. It can still be stopped.
type VersionError struct{ Service, Ours string }

func (e *VersionError) Error() string {
	return fmt.Sprintf("Modelbeam %s is running, and this is version %s: restart Modelbeam to have the same everywhere", e.Service, e.Ours)
}

// OwnerError says that the service of the folder is run by another user of this computer.
type OwnerError struct{ Dir string }

func (e *OwnerError) Error() string {
	return "another user of this computer runs Modelbeam with the folder " + e.Dir
}
