package tunnel

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"os"
	"slices"
)

// forward sends the request to the server that has its model and streams the answer back.
func (g *Gateway) forward(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	f := upgrade(r, c.route)
	if f == nil {
		f = plain(r, c.route)
	}
	if f != nil {
		g.fail(w, r, f)
		return
	}
	err := g.prepare(r, c)
	p := c.payload
	defer func() {
		if err := errors.Join(p.Close(), c.reworded.Close()); err != nil {
			g.log.Warn("remove spooled body", "error", err)
		}
	}()
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	answer, f := g.resumable(w, r, c)
	if f != nil {
		g.fail(w, r, f)
		return
	}
	whole := false
	defer func() { answer.done(whole) }()
	if f := g.spend(c); f != nil {
		g.fail(w, r, f)
		return
	}
	g.started(c)
	if p.rest != nil {
		// The server may answer before all of the body has arrived (https://go.dev/issue/40747).
		_ = http.NewResponseController(w).EnableFullDuplex()
	}
	g.relay(answer.w, answer.r, c)
	whole = true
}

// prepare reads what is needed of the body, chooses the server and makes the body ready for it.
func (g *Gateway) prepare(r *http.Request, c *call) (err error) {
	if c.payload, err = g.readPayload(r, c.route); err != nil {
		return err
	}
	if err := g.aim(r, c); err != nil {
		return err
	}
	if streamNameOf(r, c.route) != "" {
		return g.complete(c) // the client may go away, with the rest
	}
	return nil
}

// plain sees to it that a server can only read a request as the gateway does. The server gets the
// type of the body from here, since some decode one by the charset that the client claims, and read
// "a=b&c=d" in what to others is JSON.
func plain(r *http.Request, rt *route) *failure {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return errEncoding
	}
	switch boundary := boundaryOf(r.Header.Get("Content-Type")); {
	case slices.Contains(rt.methods, http.MethodGet):
		if r.ContentLength != 0 {
			return errGetBody
		}
		if len(r.URL.Query()["model"]) > 1 {
			return errAmbiguous
		}
	case boundary != "" && (rt.generates || !boundaryForm.MatchString(boundary)):
		return errForm
	case boundary != "":
		r.Header.Set("Content-Type", mime.FormatMediaType("multipart/form-data", map[string]string{"boundary": boundary}))
	default:
		r.Header.Set("Content-Type", "application/json")
	}
	return nil
}

// aim chooses the server and prepares the body for it.
func (g *Gateway) aim(r *http.Request, c *call) error {
	if c.route.noMCP && c.payload.fields.mcp {
		return errMCP
	}
	var found located
	name := r.URL.Query().Get("model")
	if r.ContentLength != 0 {
		var f *failure
		if found, f = c.payload.model(); f != nil {
			return f
		}
		name = found.value
	}
	asked := name
	if name == "" && c.route.generates && c.device.Pass.allows(nil) {
		asked = g.models().usual(c.route.dialect)
	}
	if f := g.pick(c, asked); f != nil {
		return f
	}
	if f := g.permit(c); f != nil {
		return f
	}
	t := c.target
	switch {
	case t.model == name:
	case found.end > 0:
		c.payload.replace(found, c.payload.written(t.model))
	case name == "":
		c.payload.insert(t.model)
	default:
		query := r.URL.Query()
		query.Set("model", t.model)
		r.URL.RawQuery = query.Encode()
		return nil
	}
	c.payload.attach(r)
	return nil
}

// insert names the model in a body that names none.
func (p *payload) insert(model string) {
	at := p.fields.inside
	if at == 0 {
		return // there is no object, which is the server's to refuse
	}
	text := append([]byte(`"model":`), p.written(model)...)
	if p.fields.members > 0 {
		text = append(text, ',')
	}
	p.replace(located{start: at, end: at}, text)
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
	f := g.refusal(r.Context(), err)
	if f == nil {
		w.WriteHeader(statusClientGone) // nobody reads it
		return
	}
	g.fail(w, r, f)
}

// refusal says why a request cannot be forwarded; nil when the client went away.
func (g *Gateway) refusal(ctx context.Context, err error) *failure {
	var f *failure
	var disk errSpool
	switch {
	case errors.As(context.Cause(ctx), &f): // ended from outside meanwhile
		return f
	case errors.As(err, &f):
		return f
	case errors.Is(err, errTooLarge):
		return g.errTooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded): // which ends ctx too
		return errBody
	case ctx.Err() != nil:
		return nil
	case errors.As(err, &disk):
		g.log.Error("forward", "error", err)
		return errInternal
	}
	return errBody
}
