package fastpath

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Server serves connections. Set its fields before Serve, and leave them alone after that. Shutdown may be called from
// any goroutine, Serve once.
type Server struct {
	// Handler answers requests. It runs on the goroutine of the connection. A panic of it ends the connection, in
	// silence where it is http.ErrAbortHandler.
	Handler http.Handler
	// Yield is given a connection on which something else than a usual request has come, and the bytes that did. It
	// reports false where nobody takes the connection; then it is closed here.
	Yield func(conn net.Conn, came []byte) bool
	// Context returns what the context of all requests on a connection is made from. It is called once for each.
	Context func(conn net.Conn) context.Context
	// Rests is told of a connection before it waits for another request. Optional.
	Rests func(conn net.Conn)
	// First is how long a new connection may say nothing, Idle one that has had an answer.
	First, Idle time.Duration
	Log         *slog.Logger

	closing atomic.Bool
	mu      sync.Mutex // guards what follows
	conns   map[*conn]struct{}
	none    chan struct{} // closed when there are no connections any more; nil while nobody waits for that
}

// Serve takes in connections of l until that fails or is closed, and returns why. It does not wait for the connections.
func (s *Server) Serve(l net.Listener) error {
	for wait := time.Duration(0); ; {
		accepted, err := l.Accept()
		switch {
		case err == nil:
			wait = 0
			s.take(accepted)
		case isPassing(err) && !s.closing.Load():
			wait = min(max(2*wait, 5*time.Millisecond), time.Second) // as net/http does
			s.Log.Warn("accept", "error", err, "again", wait)
			time.Sleep(wait)
		default:
			return err //nolint:wrapcheck // who called knows what it is about
		}
	}
}

// isPassing reports whether an error of Accept says nothing about the next one: the other end has gone already, or this
// process has no more sockets for now.
func isPassing(err error) bool {
	return errors.Is(err, syscall.ECONNABORTED) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// fewConns is up to how many connections memory does not count.
const fewConns = 200

// take serves a connection on a goroutine of its own.
func (s *Server) take(accepted net.Conn) {
	c := newConn(s, accepted)
	s.mu.Lock()
	if s.conns == nil {
		s.conns = make(map[*conn]struct{})
	}
	s.conns[c] = struct{}{}
	few := len(s.conns) <= fewConns
	s.mu.Unlock()
	go c.serve(few) // ends with the connection, which Shutdown closes
}

// drop forgets a connection that is served no more.
func (s *Server) drop(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if len(s.conns) == 0 && s.none != nil {
		close(s.none)
		s.none = nil
	}
}

// Shutdown closes the connections at rest at once, and the others when their request is answered, and returns when there
// are none. When ctx ends before that it closes them all and returns at once: a handler may go on for a moment then. The
// listener is to be closed before.
func (s *Server) Shutdown(ctx context.Context) {
	s.closing.Store(true)
	none := s.rest((*conn).leaveIfAtRest)
	if none == nil {
		return
	}
	select {
	case <-none:
	case <-ctx.Done():
		s.rest(func(c *conn) { _ = c.Close() })
	}
}

// rest calls end for all connections that are left, and returns what is closed when there are none; nil where there is none.
func (s *Server) rest(end func(*conn)) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.conns) == 0 {
		return nil
	}
	if s.none == nil {
		s.none = make(chan struct{})
	}
	none := s.none
	for c := range s.conns {
		end(c)
	}
	return none
}
