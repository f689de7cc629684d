package admission

import (
	"net"
	"sync"
	"time"
)

// Resumed is a listener of connections that were let in before. To net/http they are new. Its methods may be
// called from any goroutine.
type Resumed struct {
	net.Listener // for Addr
	idle         time.Duration
	conns        chan net.Conn
	closed       chan struct{}

	mu      sync.Mutex         // guards what follows
	resting map[*Conn]struct{} // those that nothing has come on since; nil after Close
}

// NewResumed returns a listener at the address of l. Its connections may rest for idle between two requests: that is
// http.Server.IdleTimeout, which is not for new ones.
func NewResumed(l net.Listener, idle time.Duration) *Resumed {
	return &Resumed{
		Listener: l, idle: idle, conns: make(chan net.Conn), closed: make(chan struct{}), resting: make(map[*Conn]struct{}),
	}
}

// Add hands conn to who accepts next, with what was read ahead on it. It reports false when nobody accepts any
// more; then conn is still the caller's.
func (l *Resumed) Add(conn *Conn, ahead []byte) bool {
	conn.resume(l, ahead)
	if len(ahead) == 0 && !l.rest(conn) {
		return false
	}
	select {
	case l.conns <- conn:
		return true
	case <-l.closed:
		return false
	}
}

// rest notes that conn rests. It reports false after Close.
func (l *Resumed) rest(conn *Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.resting == nil {
		return false
	}
	l.resting[conn] = struct{}{}
	return true
}

// woke notes that conn rests no more.
func (l *Resumed) woke(conn *Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.resting, conn)
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

// Close implements net.Listener. It leaves the listener alone that the connections came from at first, and closes
// those that rest: http.Server.Shutdown closes what is idle, but takes what is new for busy, for five seconds.
func (l *Resumed) Close() error {
	l.mu.Lock()
	resting := l.resting
	if resting != nil {
		close(l.closed)
	}
	l.resting = nil
	l.mu.Unlock()
	for conn := range resting {
		_ = conn.Close()
	}
	return nil
}
