package transport

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// bufferSize is how many bytes are read of a connection at once. A token comes in some 200, and a quick server
// writes dozens of them together.
const bufferSize = 16 << 10

// buffers hold what was read and not taken yet. There are as many as there are connections with something in
// them at one moment, which are few, however many wait.
var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// errFull says that more has to be kept than there is room for. Whoever reads has bounds below that, so that a
// server sees this only where these are wrong.
var errFull = errors.New("server sends a line without end")

// conn is a connection to a server, and what of it was read and not taken yet. Its methods are for one
// goroutine, but for Close and Write.
type conn struct {
	net.Conn
	raw     syscall.RawConn // nil for what is no socket
	address string
	used    bool      // it has served a request
	rests   time.Time // since when, in the pool
	looker  looker
	abort   func() // Close, bound once

	buffer     *[bufferSize]byte     // nil while nothing is in it
	start, end int                   // what is in it
	try        func(fd uintptr) bool // tryRead, bound once
	got        int                   // by try
	failed     error                 // of try
}

// newConn wraps a connection to an address. Method values take memory, so they are made here and not for every
// request.
func newConn(c net.Conn, address string) *conn {
	wrapped := &conn{Conn: c, address: address}
	if s, ok := c.(syscall.Conn); ok {
		wrapped.raw, _ = s.SyscallConn()
	}
	wrapped.try = wrapped.tryRead
	wrapped.abort = func() { _ = c.Close() }
	return wrapped
}

// buffered is what was read and not taken yet. It holds until the next call of another method.
func (c *conn) buffered() []byte {
	if c.buffer == nil {
		return nil
	}
	return c.buffer[c.start:c.end]
}

// take takes n bytes of what is buffered, and gives the buffer back when that was all.
func (c *conn) take(n int) {
	c.start += n
	c.release()
}

// release gives the buffer back if nothing is in it.
func (c *conn) release() {
	if c.buffer != nil && c.start == c.end {
		buffers.Put(c.buffer)
		c.buffer, c.start, c.end = nil, 0, 0
	}
}

// room takes a buffer if there is none, and returns the free part of it.
func (c *conn) room() []byte {
	if c.buffer == nil {
		c.buffer = buffers.Get().(*[bufferSize]byte)
	}
	return c.buffer[c.end:]
}

// fill waits until there is more to take than before. The error is io.EOF when the server has ended its
// direction.
func (c *conn) fill() error {
	if c.buffer != nil && c.start > 0 {
		c.end = copy(c.buffer[:], c.buffer[c.start:c.end])
		c.start = 0
	}
	if c.end == bufferSize {
		return errFull
	}
	n, err := c.receive()
	c.end += max(n, 0)
	if n > 0 {
		return nil
	}
	c.release()
	if err == nil {
		err = io.EOF
	}
	return err
}

// Read implements net.Conn. It gives what is buffered first.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if c.buffer == nil {
		if err := c.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.buffered())
	c.take(n)
	return n, nil
}

// receiveAtOnce reads where nobody can tell when there is something to read.
func (c *conn) receiveAtOnce() (int, error) { return c.Conn.Read(c.room()) }
