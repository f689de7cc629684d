package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
)

// wire reads HTTP/1.1 from a connection: heads, and bodies by length or in chunks. It does what the
// messages of this package need, without a goroutine and without memory for each message.
type wire struct {
	conn     net.Conn
	buf      []byte
	from, to int // what of buf was read from the connection and is not taken yet
}

func newWire(c net.Conn, size int) *wire { return &wire{conn: c, buf: make([]byte, size)} }

// fill reads more, behind what is there.
func (w *wire) fill() error {
	switch {
	case w.from == w.to:
		w.from, w.to = 0, 0
	case w.to == len(w.buf) && w.from == 0:
		return errors.New("a head or a line is too long")
	case w.to == len(w.buf):
		w.to = copy(w.buf, w.buf[w.from:w.to])
		w.from = 0
	}
	n, err := w.conn.Read(w.buf[w.to:])
	w.to += n
	if n > 0 {
		return nil
	}
	return err
}

// upTo takes everything up to the next end and with it. What it returns is good until the next call.
func (w *wire) upTo(end string) ([]byte, error) {
	for {
		if i := bytes.Index(w.buf[w.from:w.to], []byte(end)); i >= 0 {
			taken := w.buf[w.from : w.from+i+len(end)]
			w.from += len(taken)
			return taken, nil
		}
		if err := w.fill(); err != nil {
			return nil, err
		}
	}
}

// head takes the head of a message, with the empty line.
func (w *wire) head() ([]byte, error) { return w.upTo("\r\n\r\n") }

// body gives the body of an answer to each, in the parts in which it comes. It fails when the body
// does not end as its framing says.
func (w *wire) body(f framing, each func([]byte)) error {
	switch {
	case f.chunked:
		return w.chunks(each)
	case f.length >= 0:
		return w.pass(f.length, each)
	}
	for {
		err := w.pass(int64(max(w.to-w.from, 1)), each)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil // an answer without a framing ends with the connection
		}
		if err != nil {
			return err
		}
	}
}

func (w *wire) chunks(each func([]byte)) error {
	for {
		line, err := w.upTo("\r\n")
		if err != nil {
			return unexpected(err)
		}
		n, err := strconv.ParseUint(string(line[:len(line)-2]), 16, 31)
		if err != nil {
			return fmt.Errorf("chunk with the length %q", line)
		}
		if err := w.pass(int64(n), each); err != nil {
			return err
		}
		// There are no trailers in what this package asks for.
		end, err := w.upTo("\r\n")
		if err != nil {
			return unexpected(err)
		}
		if len(end) > 2 {
			return fmt.Errorf("a chunk is longer than it says, by %q", end)
		}
		if n == 0 {
			return nil
		}
	}
}

// pass gives the next n bytes to each.
func (w *wire) pass(n int64, each func([]byte)) error {
	for n > 0 {
		if w.from == w.to {
			if err := w.fill(); err != nil {
				return unexpected(err)
			}
		}
		part := w.buf[w.from:min(w.to, w.from+int(min(n, int64(len(w.buf)))))]
		each(part)
		w.from += len(part)
		n -= int64(len(part))
	}
	return nil
}

// unexpected is err of a connection that ended in the middle of a message.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// framing is how a body ends.
type framing struct {
	chunked bool
	length  int64 // -1: not told
}

func framingOf(head []byte) framing {
	f := framing{chunked: bytes.EqualFold(field(head, "Transfer-Encoding"), []byte("chunked")), length: -1}
	if v := field(head, "Content-Length"); v != nil {
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			f.length = n
		}
	}
	return f
}

// field returns the value of a header, or nil.
func field(head []byte, name string) []byte {
	for {
		i := bytes.Index(head, []byte("\r\n"))
		if i < 0 {
			return nil
		}
		head = head[i+2:]
		if len(head) > len(name) && head[len(name)] == ':' && bytes.EqualFold(head[:len(name)], []byte(name)) {
			value, _, _ := bytes.Cut(head[len(name)+1:], []byte("\r\n"))
			return bytes.TrimSpace(value)
		}
	}
}
