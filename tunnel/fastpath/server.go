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
	// Rests is told of a connection before it waits for another request, and reports whether anybody else has moved
	// its deadline of reads since the last time. Optional.
	Rests func(conn net.Conn) (moved bool)
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
	failed := make(chan error, 1)
	go s.serveNext(l, failed) // ends with l, or with a connection
	return <-failed
}

// serveNext waits for a connection and serves it, while the next one is waited for by another goroutine. So a first
// request is not kept by a goroutine that has to begin, and whose stack has to grow.
func (s *Server) serveNext(l net.Listener, failed chan<- error) {
	if s.hasFew() {
		deepen()
	}
	accepted, err := s.accept(l)
	if err != nil {
		failed <- err
		return
	}
	go s.serveNext(l, failed)
	s.take(accepted).serve()
}

// accept returns the next connection.
func (s *Server) accept(l net.Listener) (net.Conn, error) {
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, time.Second) { // as net/http waits
		accepted, err := l.Accept()
		if err == nil || !isPassing(err) || s.closing.Load() {
			return accepted, err //nolint:wrapcheck // who called knows what it is about
		}
		s.Log.Warn("accept", "error", err, "again", wait)
		time.Sleep(wait)
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

// hasFew reports whether there are few connections.
func (s *Server) hasFew() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns) < fewConns
}

// take notes a connection that is to be served.
func (s *Server) take(accepted net.Conn) *conn {
	c := newConn(s, accepted)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		s.conns = make(map[*conn]struct{})
	}
	s.conns[c] = struct{}{}
	return c
}

// deepen makes the stack of a new goroutine as deep as answering takes it. By itself it would double three times on the
// way, each time with all that is on it to be moved, while the client of a first request waits. Where there are many
// connections memory counts for more: most of a stack that has grown step by step is given back by and by.
//
//go:noinline
func deepen() byte {
	var room [7 << 10]byte
	return room[time.Now().Nanosecond()%len(room)] // or it would be left out
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
