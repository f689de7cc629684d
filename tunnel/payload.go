package tunnel

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	// smallBody is read whole before the server is called. net/http closes a request's body
	// once the answer has begun; a transport that has not yet looked whether the body ends
	// where Content-Length says takes the failing read for a broken request and cuts the
	// connection that the answer comes on (https://go.dev/issue/40747). It also is all of a body that
	// stays in memory.
	smallBody = 256 << 10
	pieceSize = 32 << 10
)

var (
	errTooLarge = errors.New("body is larger than the limit")
	errEarlyEnd = errors.New("body ended early")
)

// payload is a request's body: what was read of it to find the model, and the rest.
type payload struct {
	spool
	fields *scanner
	form   string    // the boundary, when it is a multipart form
	rest   io.Reader // what is still with the client; nil when all was read
	size   int64     // of the whole body
	old    located   // what text stands in for
	text   []byte
}

// readPayload reads as much of r's body as is needed to know the model. It reads all of a small
// one, all of one without Content-Length, because some servers refuse chunked bodies, and all of
// what has to be seen whole: a form, and a request that must not have MCP tools in it.
func (g *Gateway) readPayload(r *http.Request, rt *route) (*payload, error) {
	p := &payload{
		fields: newScanner(rt.names...),
		form:   boundaryOf(r.Header.Get("Content-Type")),
		size:   r.ContentLength,
	}
	if p.size > g.MaxBody {
		return p, errTooLarge
	}
	body := g.timed(callOf(r))
	for {
		over, err := p.readPiece(body, g.MaxBody)
		if err != nil || over {
			return p, err
		}
		if p.enough(rt) {
			p.rest = io.TeeReader(body, p.fields) // "stream" may still come, and what ends the request
			return p, nil
		}
	}
}

// enough reports whether the rest may stay with the client for now.
func (p *payload) enough(rt *route) bool {
	return p.size > smallBody && !rt.noMCP && p.form == "" && p.fields.found()
}

func (p *payload) read() int64 { return p.length() }

// complete reads what is still with the client.
func (g *Gateway) complete(c *call) error {
	if c.payload.rest == nil {
		return nil
	}
	body := g.timed(c)
	for {
		over, err := c.payload.readPiece(body, g.MaxBody)
		if err != nil {
			return err
		}
		if over {
			c.payload.rest = nil
			return nil
		}
	}
}

// readPiece reads on by one piece and reports whether the body is over.
func (p *payload) readPiece(body io.Reader, limit int64) (over bool, err error) {
	size := int64(pieceSize)
	if p.size >= 0 {
		size = min(size, p.size-p.read())
	}
	piece := make([]byte, size)
	n, err := io.ReadFull(body, piece)
	if err := p.keep(piece[:n]); err != nil {
		return false, err
	}
	switch {
	case p.size >= 0 && p.read() == p.size:
		return true, nil
	case p.read() > limit:
		return false, errTooLarge
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		if p.size >= 0 {
			return false, errEarlyEnd
		}
		p.size = p.read()
		return true, nil
	}
	return false, err
}

// keep puts a piece behind what was read before.
func (p *payload) keep(piece []byte) error {
	if p.form == "" {
		if _, err := p.fields.Write(piece); err != nil {
			return err
		}
	}
	return p.add(piece)
}

// model returns the name of the model in what was read.
func (p *payload) model() (located, *failure) {
	if p.form == "" {
		return p.fields.best(), nil
	}
	return findFormModel(p.section(0, p.read()), p.form)
}

// replace puts text in the place of what stands at old, for what is sent on.
func (p *payload) replace(old located, text []byte) { p.old, p.text = old, text }

// content is what was read, with text in its place.
func (p *payload) content() io.Reader {
	if p.text == nil {
		return p.section(0, p.read())
	}
	return io.MultiReader(p.section(0, p.old.start), bytes.NewReader(p.text), p.section(p.old.end, p.read()))
}

// attach makes p the body of r.
func (p *payload) attach(r *http.Request) {
	r.ContentLength = p.size
	if p.text != nil {
		r.ContentLength += int64(len(p.text)) - (p.old.end - p.old.start)
	}
	r.TransferEncoding = nil
	r.Body, _ = p.open()
	if p.rest != nil {
		r.Body = io.NopCloser(io.MultiReader(r.Body, p.rest))
	}
}

// open reads what is to be sent on from its beginning, any number of times: the transport sends
// again what it could not even begin to send, and carrier asks another server. Its shape is that
// of http.Request.GetBody; it never fails.
func (p *payload) open() (io.ReadCloser, error) { return io.NopCloser(p.content()), nil }

// timed returns the call's body with a limit for every read, for a client that stalls: a deadline
// for the whole body would cut a photo on a slow network.
func (g *Gateway) timed(c *call) *timedBody {
	control := c.response.control
	stall := time.AfterFunc(g.timing.read, func() { _ = control.SetReadDeadline(time.Now()) })
	stall.Stop()
	return &timedBody{ReadCloser: c.upload, stall: stall, timeout: g.timing.read}
}

// timedBody sets no deadline unless a read does stall: when the body has ended, net/http reads on
// in the background to notice that the client goes away, and a deadline would hit that.
type timedBody struct {
	io.ReadCloser
	stall   *time.Timer
	timeout time.Duration
}

func (b *timedBody) Read(p []byte) (int, error) {
	b.stall.Reset(b.timeout)
	defer b.stall.Stop()
	return b.ReadCloser.Read(p)
}
