package relay

import (
	"context"
	"errors"
	"net/http"

	"modelbeam/tunnel/body"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/events"
	"modelbeam/tunnel/fault"
)

// Request is one request on its way, and what became of it. It belongs to the goroutine of Serve; Tokens
// may be read from any.
type Request struct {
	Path      string // as the table of routes has it: /v1/chat/completions
	Dialect   dialect.Dialect
	Generates bool             // an answer of it can be a stream, and then has an end mark
	Targets   []catalog.Target // who has the model, the one to be asked first in front; at least one
	Body      *body.Payload
	Protocols []string // the WebSocket sub-protocols that the client offers
	Tokens    *events.Tokens

	// Aim is told of another target before that one is asked. It reports false for one that is not
	// shared any more.
	Aim func(catalog.Target) bool
	// End ends the request's context for a reason, for a client that does not listen any more.
	End context.CancelCauseFunc

	ctx       context.Context // the request's; its cause tells why it was ended
	target    catalog.Target  // that is being asked
	others    []catalog.Target
	reworded  body.Spool // the body in other words, where the server needs them
	witness   witness    // of the answer
	code      fault.Code // of the failure that the client was told of; "" before, and where all went well
	delivered bool       // something of a server's answer came
	failed    bool       // the laptop or a server on it failed before that
	left      bool       // the client went away before the server's answer was over
}

// Failed reports whether the laptop, or a server on it, is to blame that nothing came of the request.
// It is for after Serve, as are the others.
func (q *Request) Failed() bool { return q.failed }

// Left reports whether the client went away before the server's answer was over.
func (q *Request) Left() bool { return q.left }

// Code is the code of the failure that the client was told of, "" where there was none, or only a server's own words
// and status.
func (q *Request) Code() fault.Code { return q.code }

// Close gives back what Serve took for the request.
func (q *Request) Close() error { return q.reworded.Close() }

// note remembers a failure of the laptop's own.
func (q *Request) note(f *fault.Failure) {
	if f.StatusCode() >= http.StatusInternalServerError && !q.delivered {
		q.failed = true
	}
}

// ended comes with the end of an answer, planned or not.
func (q *Request) ended() {
	cause := context.Cause(q.ctx)
	if cause == nil {
		q.failed = q.failed || !q.delivered // the client is still there, and got nothing
		return
	}
	var f *fault.Failure
	if errors.As(cause, &f) {
		q.note(f)
	}
}
