package tunnel

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
)

// carrier is ReverseProxy's transport. It takes a request to the server that was chosen for it,
// and to the next one that has the same model when that one cannot be reached or falls silent
// before the first byte of its answer. Any answer is final, an error too: the server is there, and
// it may have done what was asked.
type carrier struct {
	gateway *Gateway
	http    http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *carrier) RoundTrip(req *http.Request) (*http.Response, error) {
	c := callOf(req)
	for {
		a, ctx := t.gateway.newAttempt(req.Context(), c)
		res, err := t.try(req.WithContext(ctx), c, a)
		if a.isLeft() {
			if err == nil {
				_ = res.Body.Close()
			}
			res, err = nil, errLeft
		}
		if err == nil || a.isAnswered() || !repeatable(err) {
			return res, err
		}
		failed := c.target.server
		if c.ctx.Err() != nil || !t.gateway.moveOn(c) {
			return nil, err
		}
		t.gateway.log.Warn("server failed, another one takes over",
			"server", failed.ID, "next", c.target.server.ID, "path", c.path, "error", err)
	}
}

// try asks the server that c is aimed at.
func (t *carrier) try(req *http.Request, c *call, a *attempt) (*http.Response, error) {
	trace := &httptrace.ClientTrace{GotFirstResponseByte: a.answer}
	out := req.Clone(httptrace.WithClientTrace(req.Context(), trace))
	if req.Body != nil {
		out.GetBody = c.payload.open
		out.Body, _ = c.payload.open()
	}
	if c.translated() {
		return t.translate(out, c)
	}
	if res, done, err := t.unstream(out, c); done {
		return res, err
	}
	if err := t.withoutEmptyTools(out, c); err != nil {
		return nil, err
	}
	direct(out, c.target.server, c.route.dialect)
	return t.ask(out, c)
}

// translated reports whether c's server gets the request in the words of OpenAI's API: when it knows no
// others, or when a message is a list of parts, for which Ollama's API has no words.
func (c *call) translated() bool {
	s := c.target.server
	return !s.speaks(c.route.dialect) || c.route.dialect == Ollama && c.payload.fields.InParts && s.speaks(OpenAI)
}

// repeatable reports whether a request that failed with err can be made again: not when the fault
// is its own. Its body is always at hand.
func repeatable(err error) bool {
	var f *failure
	return !errors.As(err, &f)
}

// notReached reports whether err means that there was no connection to the server.
func notReached(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// moveOn aims c at the next server that has its model and is still shared, and reports whether
// there is one.
func (g *Gateway) moveOn(c *call) bool {
	for len(c.others) > 0 {
		epoch := g.calls.epoch()
		next := c.others[0]
		if !g.models().has(next) {
			c.others = c.others[1:]
			continue
		}
		if g.calls.aim(c, next, epoch) {
			c.others = c.others[1:]
			return true
		}
	}
	return false
}
