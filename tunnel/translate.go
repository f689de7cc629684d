package tunnel

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"modelbeam/tunnel/body"
	"modelbeam/tunnel/ollama"
)

const showPath = "/api/show"

// translate asks c's server, which speaks only OpenAI's API, what came in Ollama's words.
func (t *carrier) translate(req *http.Request, c *call) (*http.Response, error) {
	if c.route.path == showPath {
		return t.gateway.show(req, c)
	}
	q, err := t.gateway.inOpenAI(c)
	if err != nil {
		return nil, err
	}
	if q.Ready != nil {
		return ready(req, q.Ready), nil
	}
	req.Method, req.URL.Path = http.MethodPost, q.Path
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if q.Stream {
		req.Header.Set("Accept", "text/event-stream")
	}
	reword(req, c)
	direct(req, c.target.server, OpenAI)
	res, err := t.ask(req, c)
	if err != nil {
		return nil, err
	}
	if err := q.Answer(res); err != nil {
		return nil, fmt.Errorf("translate answer of %s: %w", c.target.serverID(), err)
	}
	return res, nil
}

// reword sends what is in c.reworded in place of the body.
func reword(req *http.Request, c *call) {
	req.ContentLength = c.reworded.Len()
	req.GetBody = func() (io.ReadCloser, error) {
		return io.NopCloser(c.reworded.Section(0, c.reworded.Len())), nil
	}
	req.Body, _ = req.GetBody()
}

// wholeBody reads all of the request's body into memory, which must be released. JSON with photos in
// it takes several times its size while it is worked on, so large bodies take turns.
func (g *Gateway) wholeBody(c *call) (text []byte, release func(), err error) {
	release = func() {}
	if c.payload.Len() > smallBody {
		select {
		case g.large <- struct{}{}:
			release = func() { <-g.large }
		case <-c.ctx.Done():
			return nil, nil, context.Cause(c.ctx)
		}
	}
	content, _ := c.payload.open()
	if text, err = io.ReadAll(content); err != nil {
		release()
		return nil, nil, g.orGone(c.ctx, &body.DiskError{Err: err})
	}
	return text, release, nil
}

// inOpenAI puts the request's body into OpenAI's words and into c.reworded.
func (g *Gateway) inOpenAI(c *call) (*ollama.Translation, error) {
	text, release, err := g.wholeBody(c)
	if err != nil {
		return nil, err
	}
	defer release()
	s := c.target.server
	q, err := ollama.New(c.route.path, text, ollama.Server{
		Model: c.target.model, StreamUsage: s.StreamUsage, SchemaOnly: s.SchemaOnly, NoStream: s.NoStream,
	})
	if err != nil {
		return nil, errNotOllama(err)
	}
	if err := g.respool(c, q.Body); err != nil {
		return nil, err
	}
	q.Body = nil // it is in the spool, and may be large
	return q, nil
}

// respool replaces what an earlier attempt at another server has left.
func (g *Gateway) respool(c *call, text []byte) error {
	if err := c.reworded.Close(); err != nil {
		g.log.Warn("remove spooled body", "error", err)
	}
	c.reworded = body.Spool{Room: g.room}
	if err := c.reworded.Add(text); err != nil {
		return g.orGone(c.ctx, err)
	}
	return nil
}

// orGone is what to tell of an error in reading the client's body; the error itself when the
// client went away.
func (g *Gateway) orGone(ctx context.Context, err error) error {
	if f := g.refusal(ctx, err); f != nil {
		return f
	}
	return err
}

// ready is an answer that no server was asked for.
func ready(req *http.Request, body []byte) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header:        http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
	}
}
