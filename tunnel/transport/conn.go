package transport

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"modelbeam/tunnel/socket"
)

// smallBuffer and bufferSize are how many bytes are read of a connection at once. A token comes in some 200, and a
// quick server writes dozens of them together: where more has come than fits into a small buffer, the next is a
// large one.
const (
	smallBuffer = 2 << 10
	bufferSize  = 16 << 10
)

// The buffers hold what was read and not taken yet. There are as many as there are connections with something in
// them at one moment, which are few, however many wait. But when thousands get something in the same moment, and the
// garbage collector is at work, whoever takes new memory has to help it first, with a buffer in hand: then there are
// hundreds, and they must not be large.
var (
	smallBuffers = sync.Pool{New: func() any { return new([smallBuffer]byte) }}
	largeBuffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}
)

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
	brief   bool      // it may not rest for long
	rests   time.Time // since when, in the pool
	looker  looker
	abort   func() // Close, bound once

	buffer     []byte                // a small or a large one; nil while nothing is in it
	large      bool                  // the next buffer is to be a large one
	start, end int                   // what is in it
	try        func(fd uintptr) bool // tryRead, bound once
	got        int                   // by try
	failed     error                 // of try
}

// newConn wraps a connection to an address. Method values take memory, so they are made here and not for every
// request.
func newConn(c net.Conn, address string) *conn {
	wrapped := &conn{Conn: socket.Wrap(c), address: address, brief: true}
	if s, ok := c.(syscall.Conn); ok {
		wrapped.raw, _ = s.SyscallConn()
		wrapped.brief = wrapped.raw == nil || !isOurs(c)
	}
	wrapped.try = wrapped.tryRead
	wrapped.abort = func() { _ = c.Close() }
	return wrapped
}

// isOurs reports whether the other end is on this computer. Between two, somebody may forget a connection that rests.
func isOurs(c net.Conn) bool {
	to, ok := c.RemoteAddr().(*net.TCPAddr)
	return ok && to.IP.IsLoopback()
}

// mayRest reports whether a connection that has rested for some time may go on, where it is one of those that its server
// can spare or not.
func (c *conn) mayRest(rested time.Duration, isSpare bool) bool {
	switch {
	case rested < restFor:
		return true
	case c.brief || !isSpare || rested >= restLong:
		return false
	}
	return !c.looker.ended(c.raw) // which does not wait
}

// buffered is what was read and not taken yet. It holds until the next call of another method.
func (c *conn) buffered() []byte {
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
		giveBack(c.buffer)
		c.buffer, c.start, c.end = nil, 0, 0
	}
}

// giveBack gives a buffer to others.
func giveBack(buffer []byte) {
	if len(buffer) == smallBuffer {
		smallBuffers.Put((*[smallBuffer]byte)(buffer))
	} else {
		largeBuffers.Put((*[bufferSize]byte)(buffer))
	}
}

// room takes a buffer if there is none, and returns the free part of it.
func (c *conn) room() []byte {
	switch {
	case c.buffer != nil:
	case c.large:
		c.buffer = largeBuffers.Get().(*[bufferSize]byte)[:]
	default:
		c.buffer = smallBuffers.Get().(*[smallBuffer]byte)[:]
	}
	return c.buffer[c.end:]
}

// grow takes a large buffer in the place of a small one that is full. It reports false where it is large already.
func (c *conn) grow() bool {
	if len(c.buffer) == bufferSize {
		return false
	}
	small := c.buffer
	c.buffer = largeBuffers.Get().(*[bufferSize]byte)[:]
	copy(c.buffer, small)
	giveBack(small)
	return true
}

// fill waits until there is more to take than before. The error is io.EOF when the server has ended its
// direction.
func (c *conn) fill() error {
	if c.buffer != nil && c.start > 0 {
		c.end = copy(c.buffer, c.buffer[c.start:c.end])
		c.start = 0
	}
	if c.buffer != nil && c.end == len(c.buffer) && !c.grow() {
		return errFull
	}
	n, err := c.receive()
	c.end += max(n, 0)
	if n > 0 {
		c.large = c.end == len(c.buffer) || n > smallBuffer/2 && c.large // between the two it stays as it is
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
