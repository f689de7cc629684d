package tunnel

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"os"
	"strings"

	"modelbeam/tunnel/body"
)

// forward sends the request to the server that has its model and streams the answer back.
func (g *Gateway) forward(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	if f := g.checkHead(r, c); f != nil {
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
	if p.unloads(c.route) {
		g.serveUnloaded(w, r)
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
	defer g.giveBack(c)
	g.started(c)
	g.relay(answer.w, answer.r, c)
	whole = true
}

// checkHead refuses what can be refused before a byte of the body is read.
func (g *Gateway) checkHead(r *http.Request, c *call) *failure {
	if f := upgrade(r, c.route); f != nil {
		return f
	}
	if f := plain(r, c.route); f != nil {
		return f
	}
	return g.exhausted(c)
}

// prepare reads the body, chooses the server and makes the body ready for it.
func (g *Gateway) prepare(r *http.Request, c *call) (err error) {
	if !c.route.hasBody() {
		c.payload = &payload{fields: body.NewScanner()}
		return g.aim(r, c, body.Located{Value: r.URL.Query().Get("model")})
	}
	look := func(model string) *failure {
		_, f := g.choose(c.ctx, c.inquiry(model))
		return f
	}
	if c.payload, err = g.readPayload(r, c.route, look); err != nil {
		return err
	}
	found, err := c.payload.model()
	if err != nil {
		return err
	}
	if err := g.aim(r, c, found); err != nil {
		return err
	}
	c.payload.attach(r)
	return nil
}

// plain sees to it that a server can only read a request as the gateway does. The server gets the
// type of the body from here, since some decode one by the charset that the client claims, and read
// "a=b&c=d" in what to others is JSON.
func plain(r *http.Request, rt *route) *failure {
	keepContentType(r.Header)
	switch boundary, isForm := body.Boundary(r.Header.Get("Content-Type")); {
	case !rt.hasBody():
		if r.ContentLength != 0 {
			return errGetBody
		}
		if len(r.URL.Query()["model"]) > 1 {
			return errAmbiguous
		}
	case isForm && rt.generates:
		return errFormHere
	case isForm && boundary == "":
		return errBoundary
	case isForm:
		r.Header.Set("Content-Type", mime.FormatMediaType("multipart/form-data", map[string]string{"boundary": boundary}))
	default:
		r.Header.Set("Content-Type", "application/json")
	}
	return nil
}

// keepContentType strikes the type of the body off the list of headers that end here (RFC 9110,
// section 7.6.1): the server is to have it from us, whatever the client says.
func keepContentType(h http.Header) {
	var kept []string
	for name := range strings.SplitSeq(strings.Join(h["Connection"], ","), ",") {
		if name = strings.TrimSpace(name); name != "" && !strings.EqualFold(name, "Content-Type") {
			kept = append(kept, name)
		}
	}
	h["Connection"] = kept
}

// aim chooses the server for the model that was found in the request, and edits the request for it.
func (g *Gateway) aim(r *http.Request, c *call, found body.Located) error {
	name := found.Value
	if name == "" && c.route.generates && c.device.Pass.allows(nil) {
		name = g.models().usual(c.route.dialect)
	}
	if f := g.pick(c, name); f != nil {
		return f
	}
	if f := g.permit(c); f != nil {
		return f
	}
	p, t := c.payload, c.target
	dropped := p.restrain(t.known)
	switch {
	case t.model == found.Value:
	case !c.route.hasBody():
		query := r.URL.Query()
		query.Set("model", t.model)
		r.URL.RawQuery = query.Encode()
	case found.End > 0:
		p.edits = append(p.edits, body.Edit{Start: found.Start, End: found.End, Text: p.written(t.model)})
	default:
		p.insert(t.model, p.fields.Members-dropped)
	}
	return nil
}

// insert names the model in a body that names none and has other members.
func (p *payload) insert(model string, others int) {
	text := append([]byte(`"model":`), p.written(model)...)
	if others > 0 {
		text = append(text, ',')
	}
	at := p.fields.Inside
	p.edits = append(p.edits, body.Edit{Start: at, End: at, Text: text})
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
	var fault *body.Fault
	var disk *body.DiskError
	switch {
	case errors.As(context.Cause(ctx), &f): // ended from outside meanwhile
		return f
	case errors.As(err, &f):
		return f
	case errors.As(err, &fault):
		return failureOf(fault)
	case errors.Is(err, body.ErrNoRoom):
		return errNoRoom
	case errors.Is(err, errTooLarge):
		return g.errTooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded): // which ends ctx too
		return errBody
	case ctx.Err() != nil:
		return nil
	case errors.As(err, &disk):
		g.log.Error("forward", "error", err)
		return g.errDisk()
	}
	return errBody
}
