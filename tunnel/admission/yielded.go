package admission

import (
	"net"
	"sync"
	"time"
)

// Yielded is a listener of connections that were let in before, and on which something has come that is not for who let
// them in. To who accepts them they are new. Its methods may be called from any goroutine.
type Yielded struct {
	net.Listener // for Addr
	conns        chan net.Conn
	closed       chan struct{}
	close        sync.Once
}

// NewYielded returns a listener at the address of l.
func NewYielded(l net.Listener) *Yielded {
	return &Yielded{Listener: l, conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Add hands conn to who accepts next, who reads what has come on it once more. It waits for that, and reports false when
// nobody accepts any more; then conn is still the caller's.
func (l *Yielded) Add(conn *Conn, came []byte) bool {
	conn.again = came
	_ = conn.SetDeadline(time.Time{})
	select {
	case l.conns <- conn:
		return true
	case <-l.closed:
		return false
	}
}

// Accept implements net.Listener.
func (l *Yielded) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener. It leaves the listener alone that the connections came from at first.
func (l *Yielded) Close() error {
	l.close.Do(func() { close(l.closed) })
	return nil
}
