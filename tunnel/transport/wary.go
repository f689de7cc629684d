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

// wary is a connection of net/http's that is looked at before it is used again. Looking is not certain: what
// the server sends may still be on its way.
type wary struct {
	net.Conn
	raw     syscall.RawConn // nil for what is no socket
	suspect atomic.Bool     // to be looked at before the next write
	looker  looker          // for the one that writes
	closed  func()          // called when the server turns out to have closed it
}

func newWary(c net.Conn, closed func()) *wary {
	wrapped := &wary{Conn: c, closed: closed}
	if s, ok := c.(syscall.Conn); ok {
		wrapped.raw, _ = s.SyscallConn()
	}
	return wrapped
}

// Write implements net.Conn.
func (c *wary) Write(p []byte) (int, error) {
	if c.suspect.CompareAndSwap(true, false) && c.raw != nil && c.looker.ended(c.raw) {
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
	if ours, ok := c.(*wary); ok {
		ours.suspect.Store(true)
	}
}
