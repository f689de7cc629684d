package tunnel

import (
	"context"
	"net"
	"sync"

	"modelbeam/tunnel/admission"
)

// serving is one run of Serve.
type serving struct {
	ctx     context.Context // ends when Serve does
	resumed *resumed
}

type servingKey struct{}

// servingOf returns what serves a connection with that context; nil where it is not Serve's.
func servingOf(ctx context.Context) *serving {
	s, _ := ctx.Value(servingKey{}).(*serving)
	return s
}

// until returns the context that ends when Serve does, for a request that outlives its client: net/http
// ends the context of a connection with the connection. For a server that is not Serve's it never ends.
func until(ctx context.Context) context.Context {
	if s := servingOf(ctx); s != nil {
		return s.ctx
	}
	return context.Background()
}

// giveBack ends a stream that has left net/http, and lets net/http wait for the next request on its connection.
func (s *serving) giveBack(a *apart, whole bool) {
	conn, ok := a.Conn.(*admission.Conn)
	if !a.end(whole) || !ok || !s.resumed.add(conn, a.ahead) {
		_ = a.Close()
	}
}

// resumed is a listener of connections that were let in before. To net/http they are new.
type resumed struct {
	net.Listener // for Addr
	conns        chan net.Conn
	once         sync.Once
	closed       chan struct{}
}

func newResumed(l net.Listener) *resumed {
	return &resumed{Listener: l, conns: make(chan net.Conn), closed: make(chan struct{})}
}

// add reports false when nobody accepts any more.
func (l *resumed) add(conn *admission.Conn, ahead []byte) bool {
	conn.Resume(ahead)
	select {
	case l.conns <- conn:
		return true
	case <-l.closed:
		return false
	}
}

// Accept implements net.Listener.
func (l *resumed) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener. It leaves the listener alone that the connections came from at first.
func (l *resumed) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}
