package relay

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"modelbeam/tunnel/body"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/ollama"
)

const showPath = "/api/show"

// largeBody is from how many bytes on bodies take turns in being worked on.
const largeBody = 256 << 10

// A request in Ollama's words for a server of OpenAI's API is translated whole, in memory: a translation of
// half a body would have to be taken back when the other half turns out to be something else. The result is
// spooled like a body of its own, so that another attempt and the transport's second try can read it again.

// translate asks the server of q, which speaks only OpenAI's API, what came in Ollama's words.
func (l *Relay) translate(req *http.Request, q *Request) (*http.Response, error) {
	if q.Path == showPath {
		return l.show(req, q)
	}
	translation, err := l.inOpenAI(q)
	if err != nil {
		return nil, err
	}
	if translation.Ready != nil {
		return ready(req, translation.Ready), nil
	}
	req.Method, req.URL.Path = http.MethodPost, translation.Path
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if translation.Stream {
		req.Header.Set("Accept", "text/event-stream")
	}
	reword(req, q)
	direct(req, q.target.Server, dialect.OpenAI)
	res, err := l.ask(req, q)
	if err != nil {
		return nil, err
	}
	if err := translation.Answer(res); err != nil {
		return nil, fmt.Errorf("translate answer of %s: %w", q.target.ServerID(), err)
	}
	return res, nil
}

// reword sends what is in q.reworded in place of the body.
func reword(req *http.Request, q *Request) {
	req.ContentLength = q.reworded.Len()
	req.GetBody = func() (io.ReadCloser, error) {
		return io.NopCloser(q.reworded.Section(0, q.reworded.Len())), nil
	}
	req.Body, _ = req.GetBody()
}

// wholeBody reads all of the request's body into memory, which must be released. JSON with photos in
// it takes several times its size while it is worked on, so large bodies take turns.
func (l *Relay) wholeBody(q *Request) (text []byte, release func(), err error) {
	release = func() {}
	if q.Body.Len() > largeBody {
		select {
		case l.large <- struct{}{}:
			release = func() { <-l.large }
		case <-q.ctx.Done():
			return nil, nil, context.Cause(q.ctx)
		}
	}
	content, _ := q.Body.Open()
	text = make([]byte, q.Body.Size())
	if _, err = io.ReadFull(content, text); err != nil {
		release()
		return nil, nil, l.orGone(q.ctx, &body.DiskError{Err: err})
	}
	return text, release, nil
}

// inOpenAI puts the request's body into OpenAI's words and into q.reworded.
func (l *Relay) inOpenAI(q *Request) (*ollama.Translation, error) {
	text, release, err := l.wholeBody(q)
	if err != nil {
		return nil, err
	}
	defer release()
	translation, err := ollama.New(q.Path, text, ollama.Server{Model: q.target.Name, Quirks: q.target.Server.Quirks})
	if err != nil {
		return nil, fault.NotOllama(err)
	}
	if err := l.respool(q, translation.Body); err != nil {
		return nil, err
	}
	translation.Body = nil // it is in the spool, and may be large
	return translation, nil
}

// respool replaces what an earlier attempt at another server has left.
func (l *Relay) respool(q *Request, text []byte) error {
	if err := q.reworded.Close(); err != nil {
		l.Log.Warn("remove spooled body", "error", err)
	}
	q.reworded = body.Spool{Room: l.Room}
	if err := q.reworded.Add(text); err != nil {
		return l.orGone(q.ctx, err)
	}
	return nil
}

// orGone is what to tell of an error in reading the client's body; the error itself when the
// client went away.
func (l *Relay) orGone(ctx context.Context, err error) error {
	if f := l.Laptop.Refusal(ctx, err); f != nil {
		return f
	}
	return err
}

// ready is an answer that no server was asked for, in the form of one.
func ready(req *http.Request, body []byte) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header:        http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
	}
}
