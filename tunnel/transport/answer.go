package transport

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync"
)

// maxHead bounds the head of an answer, in bytes.
const maxHead = 1 << 20

// errHead says that a server's head is longer than any that makes sense.
var errHead = errors.New("server sends a head without end")

// errStatus says that a status is none that may be passed on (RFC 9110 section 15).
var errStatus = errors.New("server answers with a status below 100")

// parsers are what http.ReadResponse reads through. One is in use only while a head is read.
var parsers = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

// answer reads heads up to the one that counts, and makes the body that follows it ready to be read.
func (t *trip) answer() (*http.Response, error) {
	trace := httptrace.ContextClientTrace(t.req.Context())
	for n := 0; ; n++ {
		if err := t.begin(trace); err != nil {
			return nil, err
		}
		res, err := t.readHead()
		switch {
		case err != nil:
			return nil, err
		case res.StatusCode == http.StatusSwitchingProtocols:
			res.Body = &upgraded{t}
			return res, nil
		case res.StatusCode < http.StatusContinue:
			return nil, errStatus
		case res.StatusCode >= http.StatusOK:
			t.open(res)
			return res, nil
		case n == maxInformational:
			return nil, ErrInformational
		}
		if trace == nil || trace.Got1xxResponse == nil {
			continue
		}
		if err := trace.Got1xxResponse(res.StatusCode, textproto.MIMEHeader(res.Header)); err != nil {
			return nil, err //nolint:wrapcheck // of whoever asks
		}
	}
}

// begin waits for the first bytes of a head, and tells of the first of all.
func (t *trip) begin(trace *httptrace.ClientTrace) error {
	if t.conn.buffer == nil {
		if err := t.conn.fill(); err != nil {
			return fmt.Errorf("read answer: %w", err)
		}
	}
	if t.begun {
		return nil
	}
	t.begun = true
	t.pool.begun(t.conn.address)
	if trace != nil && trace.GotFirstResponseByte != nil {
		trace.GotFirstResponseByte()
	}
	return nil
}

// readHead reads one head and leaves what is behind it. The parser is that of net/http: more hostile heads have
// been tried on it than on any of ours.
func (t *trip) readHead() (*http.Response, error) {
	parser := parsers.Get().(*bufio.Reader)
	defer parsers.Put(parser)
	defer parser.Reset(nil)
	t.parsed = headReader{t.conn, maxHead}
	parser.Reset(&t.parsed)
	res, err := http.ReadResponse(parser, t.req)
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	t.conn.start -= parser.Buffered() // it reads ahead, of what is in the buffer still
	t.conn.release()
	return res, nil
}

// headReader gives the parser what is in the buffer of a connection, which keeps it until readHead has seen
// how much of it is the head.
type headReader struct {
	conn *conn
	left int // of maxHead
}

func (r *headReader) Read(p []byte) (int, error) {
	c := r.conn
	if c.start == c.end {
		c.release()
		if err := c.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.buffered())
	c.start += n
	if r.left -= n; r.left < 0 {
		return 0, errHead
	}
	return n, nil
}

// open puts our own body in the place of the parser's, with the framing that the parser has found.
func (t *trip) open(res *http.Response) {
	// Who says how long it keeps a connection may have a thread for each, as llama.cpp has, and it is soon.
	t.conn.brief = t.conn.brief || res.Header["Keep-Alive"] != nil
	if res.Body == http.NoBody {
		t.finish(!res.Close) // the connection is free before anybody closes the body
		return
	}
	b := &t.body
	b.trip, b.keep = t, !res.Close
	switch {
	case len(res.TransferEncoding) > 0: // the parser knows none but chunked
		t.chunks.trailer = &res.Trailer
		b.framing = &t.chunks
	case res.ContentLength >= 0:
		b.framing = &length{res.ContentLength}
	default:
		b.framing = untilClosed{}
	}
	res.Body = b
}

// bodyFraming tells where in what comes a body is.
type bodyFraming interface {
	// next takes framing from the front of what is buffered, and returns how many bytes of the body are in
	// front then. With 0, more has to come. It returns io.EOF behind the end of the body.
	next(c *conn) (int, error)
	// took is told how many of these bytes were taken.
	took(n int)
	// cutOff returns what it means that the connection ends: io.EOF where that is the body's end.
	cutOff() error
}

// length is the framing by Content-Length.
type length struct{ left int64 }

func (l *length) next(c *conn) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	return int(min(l.left, int64(len(c.buffered())))), nil
}

func (l *length) took(n int)  { l.left -= int64(n) }
func (*length) cutOff() error { return io.ErrUnexpectedEOF }

// untilClosed is the framing of HTTP/1.0: the end of the connection is the end of the body, planned or not
// (RFC 9112 section 6.3).
type untilClosed struct{}

func (untilClosed) next(c *conn) (int, error) { return len(c.buffered()), nil }
func (untilClosed) took(int)                  {}
func (untilClosed) cutOff() error             { return io.EOF }
