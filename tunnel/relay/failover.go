package relay

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"slices"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

// failover is ReverseProxy's transport. It takes a request to the server that was chosen for it,
// and to the next one that has the same model when that one cannot be reached or falls silent
// before the first byte of its answer. Any answer is final, an error too: the server is there, and
// it may have done what was asked.
type failover struct {
	relay *Relay
}

// RoundTrip implements http.RoundTripper. ReverseProxy calls it once for a request, from the goroutine
// that Serve is called on.
func (t *failover) RoundTrip(req *http.Request) (*http.Response, error) {
	q := requestOf(req)
	for {
		res, a, err := t.try(req, q)
		if a.isLeft() {
			// An answer may have come in the same moment. Its body would end with the attempt's context.
			if err == nil {
				_ = res.Body.Close()
			}
			res, err = nil, errLeft
		}
		// With the first byte the server has begun to do what was asked. Nobody can tell how far it came, so
		// that to ask another one might do it twice.
		if err == nil || a.isAnswered() || !mayAskAnother(err) {
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
func (t *failover) try(req *http.Request, q *Request) (*http.Response, *attempt, error) {
	// The body of an answer is read under this context, so that it must not end here: it does with the
	// request's.
	ctx, stop := context.WithCancelCause(req.Context())
	a := &attempt{target: q.target, others: slices.Clone(q.others), stop: stop}
	t.relay.attempts.add(a)
	defer t.relay.attempts.remove(a)
	// Only now, after add: whoever took the server out of the catalog before that has not seen this attempt.
	if a.isLost(t.relay.Catalog()) {
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

// send sends req in the words and the form that the server of q takes. Each of the three ways rewrites the
// body from what the client sent, not from what the attempt before has made of it.
func (t *failover) send(req *http.Request, q *Request) (*http.Response, error) {
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

// ask sends a request to the server of q and follows where the server sends it on itself. The client could
// not: it reaches the server only through us, by paths that are brought back to the same one, so that
// it would go round. Any other redirect is told in words.
func (t *failover) ask(req *http.Request, q *Request) (*http.Response, error) {
	for hops := 0; ; hops++ {
		res, err := t.relay.Transport.RoundTrip(req)
		if err != nil || !isRedirect(res.StatusCode) {
			return res, err
		}
		_ = res.Body.Close()
		next, err := redirected(req, res)
		if err != nil || next == nil || hops == maxRedirects {
			to, _ := res.Location()
			return nil, t.relay.Laptop.ServerRedirects(q.target.Server.Name, to)
		}
		req = next
	}
}

// translated reports whether the server of q gets the request in the words of OpenAI's API: when it knows no
// others, or when a message is a list of parts, for which Ollama's API has no words.
func (q *Request) translated() bool {
	s := q.target.Server
	return !s.Speaks(q.Dialect) || q.Dialect == dialect.Ollama && q.Body.Fields.InParts && s.Speaks(dialect.OpenAI)
}

// mayAskAnother reports whether another server may be asked after err. It may not when the fault is the
// request's own: a *fault.Failure is what every other server would be answered with too. The body is no
// reason, since all of it is at hand.
func mayAskAnother(err error) bool {
	var f *fault.Failure
	return !errors.As(err, &f)
}

// moveOn aims q at the next server that has its model and is still shared, and reports whether there
// is one. Each is asked once.
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
