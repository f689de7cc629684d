package transport

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

// atOnce is how many bytes a request may have, head and body, to be written before anything is read. So much fits
// into the buffers of the system even while the server reads nothing, because it waits for us to read its answer.
const atOnce = 32 << 10

// uploadBuffer is how many bytes are written at once of what is longer.
const uploadBuffer = 64 << 10

// outgoing are buffers that requests are written from.
var outgoing = sync.Pool{New: func() any { return new([uploadBuffer]byte) }}

// errShort says that the body of a request has ended before its length.
var errShort = errors.New("send request: its body is shorter than was said")

// networkError is a failure to write, after which the server may have answered all the same.
type networkError struct{ error }

func (e networkError) Unwrap() error { return e.error }

func isNetwork(err error) bool {
	var e networkError
	return errors.As(err, &e)
}

// upload is a body on its way, while the answer is awaited.
type upload struct {
	done chan struct{} // closed when nothing is sent any more
	err  error         // valid then
}

func (u *upload) isDone() bool {
	select {
	case <-u.done:
		return u.err == nil
	default:
		return false
	}
}

// send writes the request: in one piece, where that has room, and otherwise on a goroutine that ends with the
// trip at the latest.
func (t *trip) send() error {
	buffer := outgoing.Get().(*[uploadBuffer]byte)
	head, err := appendHead(buffer[:0], t.req)
	if err != nil {
		outgoing.Put(buffer)
		return err
	}
	body := t.req.Body
	if body == http.NoBody {
		body = nil
	}
	length := t.req.ContentLength
	if body != nil && int64(len(head))+length > atOnce {
		t.upload = &upload{done: make(chan struct{})}
		go t.upload.run(t.conn, head, body, length, buffer)
		return nil
	}
	defer outgoing.Put(buffer)
	if body == nil {
		return write(t.conn, head)
	}
	whole := buffer[:len(head)+int(length)] // the head is in it, since it has room for both
	if _, err := io.ReadFull(body, whole[len(head):]); err != nil {
		return unread(err)
	}
	return write(t.conn, whole)
}

// run sends a head, which is in front of buffer unless it was too long for that, and a body of a length. It stops
// when the connection is closed, and gives the buffer back.
func (u *upload) run(c *conn, head []byte, body io.Reader, length int64, buffer *[uploadBuffer]byte) {
	defer close(u.done)
	defer outgoing.Put(buffer)
	n := len(head)
	if n > uploadBuffer { // it has moved out of the buffer
		if u.err = write(c, head); u.err != nil {
			return
		}
		n = 0
	}
	for length > 0 {
		piece := buffer[n:min(int64(uploadBuffer), int64(n)+length)]
		if _, err := io.ReadFull(body, piece); err != nil {
			u.err = unread(err)
			_ = c.Close() // the server must not take this for the whole
			return
		}
		if u.err = write(c, buffer[:n+len(piece)]); u.err != nil {
			return
		}
		length -= int64(len(piece))
		n = 0
	}
}

// write writes all of p, or returns a networkError.
func write(c net.Conn, p []byte) error {
	if _, err := c.Write(p); err != nil {
		return networkError{fmt.Errorf("send request: %w", err)}
	}
	return nil
}

// unread says that the body of a request could not be read.
func unread(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errShort
	}
	return err
}
