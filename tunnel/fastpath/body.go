package fastpath

import (
	"io"
	"net/http"
)

// errBodyClosed is what reading a closed body comes to, as with net/http.
var errBodyClosed = http.ErrBodyReadAfterClose

// body is a request's body. It has come whole, so that no read of it waits, and a handler that answers without reading it
// leaves nothing on the connection. It belongs to the handler.
type body struct {
	conn   *conn
	left   int // bytes that were not read
	closed bool
}

// Read implements io.Reader. The end comes with the last bytes.
func (b *body) Read(p []byte) (int, error) {
	switch {
	case b.closed:
		return 0, errBodyClosed
	case b.left == 0:
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), b.left)], b.conn.came())
	b.take(n)
	if b.left == 0 {
		return n, io.EOF
	}
	return n, nil
}

// Close implements io.Closer.
func (b *body) Close() error {
	b.closed = true
	return nil
}

// take takes n bytes, and gives the room back with the last one.
func (b *body) take(n int) {
	b.left -= n
	b.conn.from += n
	if b.conn.from == b.conn.to {
		b.conn.free()
	}
}

// discard skips what the handler has not read.
func (b *body) discard() { b.take(b.left) }
