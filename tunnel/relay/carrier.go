package relay

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

// carrier is ReverseProxy's transport. It takes a request to the server that was chosen for it,
// and to the next one that has the same model when that one cannot be reached or falls silent
// before the first byte of its answer. Any answer is final, an error too: the server is there, and
// it may have done what was asked.
type carrier struct {
	relay *Relay
}

// RoundTrip implements http.RoundTripper.
func (t *carrier) RoundTrip(req *http.Request) (*http.Response, error) {
	q := requestOf(req)
	for {
		res, a, err := t.try(req, q)
		if a.isLeft() {
			if err == nil {
				_ = res.Body.Close()
			}
			res, err = nil, errLeft
		}
		if err == nil || a.isAnswered() || !repeatable(err) {
			return res, err
		}
		failed := q.target.Server
		if q.ctx.Err() != nil || !q.moveOn() {
			return nil, err
		}
		t.relay.Log.Warn("server failed, another one takes over",
			"server", failed.ID, "next", q.target.Server.ID, "path", q.Path, "error", err)
	}
}

// try makes an attempt at the server that q is aimed at.
func (t *carrier) try(req *http.Request, q *Request) (*http.Response, *attempt, error) {
	ctx, stop := context.WithCancelCause(req.Context()) // an answer goes on with it: it ends with the request's
	a := &attempt{target: q.target, others: slices.Clone(q.others), stop: stop}
	t.relay.attempts.add(a)
	defer t.relay.attempts.remove(a)
	if a.isLost(t.relay.Catalog()) { // it left since it was chosen, and giveUp has not seen this attempt
		a.leave()
	}
	trace := &httptrace.ClientTrace{GotFirstResponseByte: a.answer}
	out := req.Clone(httptrace.WithClientTrace(ctx, trace))
	if req.Body != nil {
		out.GetBody = q.Body.Open
		out.Body, _ = q.Body.Open()
	}
	res, err := t.send(out, q)
	return res, a, err
}

// send sends req in the words and the form that the server of q takes.
func (t *carrier) send(req *http.Request, q *Request) (*http.Response, error) {
	if q.translated() {
		return t.translate(req, q)
	}
	if res, done, err := t.unstream(req, q); done {
		return res, err
	}
	if err := t.withoutEmptyTools(req, q); err != nil {
		return nil, err
	}
	direct(req, q.target.Server, q.Dialect)
	return t.ask(req, q)
}

// translated reports whether the server of q gets the request in the words of OpenAI's API: when it knows no
// others, or when a message is a list of parts, for which Ollama's API has no words.
func (q *Request) translated() bool {
	s := q.target.Server
	return !s.Speaks(q.Dialect) || q.Dialect == dialect.Ollama && q.Body.Fields.InParts && s.Speaks(dialect.OpenAI)
}

// repeatable reports whether a request that failed with err can be made again: not when the fault
// is its own. Its body is always at hand.
func repeatable(err error) bool {
	var f *fault.Failure
	return !errors.As(err, &f)
}

// notReached reports whether err means that there was no connection to the server.
func notReached(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// moveOn aims q at the next server that has its model and is still shared, and reports whether there
// is one.
func (q *Request) moveOn() bool {
	for len(q.others) > 0 {
		next := q.others[0]
		q.others = q.others[1:]
		if q.Aim(next) {
			q.target = next
			return true
		}
	}
	return false
}
