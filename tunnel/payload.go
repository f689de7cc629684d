package tunnel

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"modelbeam/tunnel/body"
)

const (
	// smallBody is how much of a body net/http reads by itself when a request was answered early.
	smallBody = 256 << 10
	pieceSize = 64 << 10
)

// pieces are what bodies are read into, piece by piece.
var pieces = sync.Pool{New: func() any { return new([pieceSize]byte) }}

var (
	errTooLarge = errors.New("body is larger than the limit")
	errEarlyEnd = errors.New("body ended early")
)

// payload is a request's body, whole and unpacked: what was found in it, and what is changed of it
// on the way to the server. Only the beginning is in memory, see body.Spool. A server gets nothing
// of a body before all of it was seen: a field at its very end may be one that no server may get.
type payload struct {
	body.Spool
	fields *body.Scanner
	form   string // the boundary, when it is a multipart form
	edits  []body.Edit
}

// readPayload reads all of r's body. As soon as look approves of the model that the body names, or
// refuses it, it is not asked again: a refusal must not wait for the photo that comes behind the name.
func (g *Gateway) readPayload(r *http.Request, rt *route, look func(model string) *failure) (*payload, error) {
	p := &payload{fields: body.NewScanner(rt.names...)}
	p.Room = g.room
	p.form, _ = body.Boundary(r.Header.Get("Content-Type"))
	if r.ContentLength > g.MaxBody {
		return p, errTooLarge
	}
	from, size, err := g.unpacked(r)
	if err != nil {
		return p, err
	}
	defer from.Close()
	defer endReading(callOf(r))()
	looked := false
	for over := false; !over; {
		if over, err = p.readPiece(from, size, g.MaxBody); err != nil {
			return p, err
		}
		if name := p.fields.Model().Value; name != "" && !looked {
			looked = true
			if f := look(name); f != nil {
				return p, f
			}
		}
	}
	if p.form != "" {
		return p, nil
	}
	return p, p.fields.Close()
}

// endReading makes the reading of c's body end with the call: a device that is removed must not go on
// for as long as it sends something. What it returns is called when the body was read.
func endReading(c *call) (stop func() bool) {
	return context.AfterFunc(c.ctx, func() { _ = c.response.control.SetReadDeadline(time.Now()) })
}

// unpacked returns r's body without its Content-Encoding, and how long it is; -1 when that is not
// known.
func (g *Gateway) unpacked(r *http.Request) (io.ReadCloser, int64, error) {
	from := g.timed(callOf(r))
	packing, err := body.Packing(r.Header.Values("Content-Encoding"))
	if err != nil {
		return nil, 0, err
	}
	r.Header.Del("Content-Encoding")
	if packing == "" {
		return io.NopCloser(from), r.ContentLength, nil
	}
	packed := &bounded{timedBody: from, left: g.MaxBody, announced: r.ContentLength}
	unpacker, err := body.Unpack(packing, packed)
	return unpacker, -1, err
}

// bounded is a packed body: no more of it than may be, and no less than was announced.
type bounded struct {
	*timedBody
	left      int64
	announced int64 // -1: it was not
	read      int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.timedBody.Read(p)
	b.read += int64(n)
	switch {
	case b.read > b.left:
		return n, errTooLarge
	case err == io.EOF && b.announced > b.read:
		return n, errEarlyEnd
	}
	return n, err
}

// readPiece reads on by one piece of a body of that size and reports whether the body is over.
func (p *payload) readPiece(from io.Reader, size, limit int64) (over bool, err error) {
	buffer := pieces.Get().(*[pieceSize]byte)
	defer pieces.Put(buffer)
	piece := buffer[:]
	if size >= 0 {
		piece = piece[:min(pieceSize, size-p.Len())]
	}
	n, err := io.ReadFull(from, piece)
	if err := p.keep(piece[:n]); err != nil {
		return false, err
	}
	switch {
	case size >= 0 && p.Len() == size:
		return true, nil
	case p.Len() > limit:
		return false, errTooLarge
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		if size >= 0 {
			return false, errEarlyEnd
		}
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
	return p.Add(piece)
}

// model returns the name of the model, and where it stands.
func (p *payload) model() (body.Located, error) {
	if p.form == "" {
		return p.fields.Model(), nil
	}
	form, fault := body.ReadForm(p.Section(0, p.Len()), p.form)
	if fault != nil {
		return form.Model, fault
	}
	p.fields.Answers = form.Answers
	return form.Model, nil
}

// attach makes p, as it was edited, the body of r.
func (p *payload) attach(r *http.Request) {
	_, r.ContentLength = p.Edited(p.edits)
	r.TransferEncoding, r.Trailer = nil, nil
	r.Body, _ = p.open()
}

// open reads what is to be sent on from its beginning, any number of times: the transport sends
// again what it could not even begin to send, and carrier asks another server. Its shape is that
// of http.Request.GetBody; it never fails.
func (p *payload) open() (io.ReadCloser, error) {
	content, _ := p.Edited(p.edits)
	return io.NopCloser(content), nil
}

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
