package tunnel

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// forward sends the request to the server that has its model and streams the answer back.
func (g *Gateway) forward(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	if f := upgrade(r, c.route); f != nil {
		g.fail(w, r, f)
		return
	}
	p, err := g.readPayload(r, c.route, g.needs(c.route))
	c.payload = p
	defer func() {
		if err := p.Close(); err != nil {
			g.log.Warn("remove spooled body", "error", err)
		}
	}()
	if err == nil {
		err = g.aim(r, c)
	}
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	g.started(c)
	if p.rest != nil {
		// The server may answer before all of the body has arrived (https://go.dev/issue/40747).
		_ = http.NewResponseController(w).EnableFullDuplex()
	}
	g.relay(w, r, c)
	if p.rest != nil {
		g.drain(r)
	}
}

// needs tells how far the body must be read: with a single server to choose from, a model that
// does not come early does not matter.
func (g *Gateway) needs(rt *route) needs {
	return needs{model: len(g.models().serving(rt.dialect)) > 1, all: rt.noMCP}
}

// aim chooses the server and prepares the body for it.
func (g *Gateway) aim(r *http.Request, c *call) error {
	if c.route.noMCP && c.payload.fields.mcp {
		return errMCP
	}
	var found located
	name := r.URL.Query().Get("model")
	if r.ContentLength != 0 {
		found = c.payload.model()
		name = found.value
	}
	if f := g.pick(c, name); f != nil {
		return f
	}
	t := c.target
	if t.model == name {
		c.payload.attach(r, located{}, nil)
		return nil
	}
	if found.end > 0 {
		c.payload.attach(r, found, c.payload.written(t.model))
		return nil
	}
	query := r.URL.Query()
	query.Set("model", t.model)
	r.URL.RawQuery = query.Encode()
	return nil
}

// written is a model's name as it stands in a body of this kind.
func (p *payload) written(model string) []byte {
	if p.form != "" {
		return []byte(model)
	}
	text, err := json.Marshal(model)
	if err != nil {
		panic(err) // a string
	}
	return text
}

// refuse answers a request that will not be forwarded.
func (g *Gateway) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var f *failure
	switch {
	case errors.As(context.Cause(r.Context()), &f): // ended from outside meanwhile
	case errors.As(err, &f):
	case errors.Is(err, errTooLarge):
		f = g.errTooLarge()
	case r.Context().Err() != nil:
		w.WriteHeader(statusClientGone) // nobody reads it
		return
	case strings.HasPrefix(err.Error(), "spool body"):
		g.log.Error("forward", "error", err)
		f = errInternal
	default:
		f = errBody
	}
	g.fail(w, r, f)
}
