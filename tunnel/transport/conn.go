package transport

import (
	"errors"
	"net"
	"sync/atomic"
	"syscall"
)

// errClosed is what a request meets that was given a connection which its server has closed. Nothing
// of it was written then, so net/http takes another connection for it.
var errClosed = errors.New("server has closed the connection")

// conn is a connection that is looked at before it is used again. Looking is not certain: what the
// server sends may still be on its way.
type conn struct {
	net.Conn
	raw     syscall.RawConn // nil for what is no socket
	suspect atomic.Bool     // to be looked at before the next write
	closed  func()          // called when the server turns out to have closed it
}

func newConn(c net.Conn, closed func()) *conn {
	wrapped := &conn{Conn: c, closed: closed}
	if s, ok := c.(syscall.Conn); ok {
		wrapped.raw, _ = s.SyscallConn()
	}
	return wrapped
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	if c.suspect.CompareAndSwap(true, false) && c.raw != nil && ended(c.raw) {
		c.closed()
		return 0, errClosed
	}
	return c.Conn.Write(p)
}

// look makes the next write on a connection of ours, or on TLS above one, look first whether the
// server has closed it.
func look(c net.Conn) {
	if above, ok := c.(interface{ NetConn() net.Conn }); ok { // tls.Conn
		c = above.NetConn()
	}
	if ours, ok := c.(*conn); ok {
		ours.suspect.Store(true)
	}
}
