package admission

import (
	"net"
	"sync"
)

// Resumed is a listener of connections that were let in before. To net/http they are new. Its methods may be
// called from any goroutine.
type Resumed struct {
	net.Listener // for Addr
	conns        chan net.Conn
	once         sync.Once
	closed       chan struct{}
}

// NewResumed returns a listener at the address of l.
func NewResumed(l net.Listener) *Resumed {
	return &Resumed{Listener: l, conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Add hands conn to who accepts next, with what was read ahead on it. It reports false when nobody accepts any
// more; then conn is still the caller's.
func (l *Resumed) Add(conn *Conn, ahead []byte) bool {
	conn.resume(ahead)
	select {
	case l.conns <- conn:
		return true
	case <-l.closed:
		return false
	}
}

// Accept implements net.Listener.
func (l *Resumed) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener. It leaves the listener alone that the connections came from at first.
func (l *Resumed) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}
