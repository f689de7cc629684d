package relay

import (
	"errors"
	"net/http"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

// A request goes to the server that was chosen for it, and to the next one that has the same model when that
// one cannot be reached or falls silent before the first byte of its answer. Any answer is final, an error too:
// the server is there, and it may have done what was asked.

// fetch gets the answer to r for c.
func (l *Relay) fetch(r *http.Request, c *client) (*http.Response, error) {
	q := c.request
	for {
		res, a, err := l.try(r, c)
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
		l.Log.Warn("server failed, another one takes over",
			"server", failed.ID, "next", q.target.Server.ID, "path", q.Path, "error", err)
	}
}

// try makes an attempt at the server that c's request is aimed at.
func (l *Relay) try(r *http.Request, c *client) (*http.Response, *attempt, error) {
	q := c.request
	a := &attempt{target: q.target, others: q.others, client: c}
	ctx := a.begin(q.ctx)
	if len(a.others) > 0 {
		l.attempts.add(a)
		defer l.attempts.remove(a)
		// Only now, after add: whoever took the server out of the catalog before that has not seen this attempt.
		if a.isLost(l.Catalog()) {
			a.leave()
		}
	}
	c.listen(a)
	defer c.listen(nil)
	res, err := l.send(outgoing(ctx, r, q), q)
	return res, a, err
}

// send sends req in the words and the form that the server of q takes. Each of the three ways rewrites the
// body from what the client sent, not from what the attempt before has made of it.
func (l *Relay) send(req *http.Request, q *Request) (*http.Response, error) {
	if q.translated() {
		return l.translate(req, q)
	}
	if res, done, err := l.unstream(req, q); done {
		return res, err
	}
	if err := l.withoutEmptyTools(req, q); err != nil {
		return nil, err
	}
	direct(req, q.target.Server, q.Dialect)
	return l.ask(req, q)
}

// ask sends a request to the server of q and follows where the server sends it on itself. The client could
// not: it reaches the server only through us, by paths that are brought back to the same one, so that
// it would go round. Any other redirect is told in words.
func (l *Relay) ask(req *http.Request, q *Request) (*http.Response, error) {
	for hops := 0; ; hops++ {
		res, err := l.Transport.RoundTrip(req)
		if err != nil || !isRedirect(res.StatusCode) {
			return res, err
		}
		_ = res.Body.Close()
		next, err := redirected(req, res)
		if err != nil || next == nil || hops == maxRedirects {
			to, _ := res.Location()
			return nil, l.Laptop.ServerRedirects(q.target.Server.Name, to)
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
