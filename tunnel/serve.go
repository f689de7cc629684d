package tunnel

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"modelbeam/tunnel/admission"
	"modelbeam/tunnel/body"
	"modelbeam/tunnel/fastpath"
)

const (
	// A phone that opens a connection and says nothing is let go after this.
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 120 * time.Second
	// The answer to a head that is too large comes from net/http itself and so has no CORS
	// headers: the limit is far above what a browser sends. net/http adds 4 KiB, which makes 64.
	maxHeaderBytes = 60 << 10
)

// Serve answers the connections of l until ctx ends. Then running streams end with an error
// in the stream, all connections are closed, and Serve returns nil, within about two
// seconds. It returns an error when l fails. Serve closes l. It may be called again, also at
// the same time with another listener.
func (g *Gateway) Serve(ctx context.Context, l net.Listener) error {
	handler := g.Handler()
	if err := body.Sweep(); err != nil {
		g.log.Warn("sweep the temporary folder", "error", err)
	}
	base, cut := context.WithCancelCause(context.Background())
	defer cut(nil)
	run := &serving{ctx: base, others: admission.NewYielded(l)}
	run.standard = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return run.context() },
		ConnContext:       g.desk.ConnContext,
		ConnState:         g.desk.ConnState,
		ErrorLog:          slog.NewLogLogger(g.log.Handler(), slog.LevelDebug),
	}
	run.fast = &fastpath.Server{
		Handler: handler,
		Yield:   run.yield,
		Context: func(conn net.Conn) context.Context { return run.connContext(g.desk, conn) },
		Rests:   g.desk.Rests,
		First:   readHeaderTimeout,
		Idle:    idleTimeout,
		Log:     g.log,
	}
	failed := make(chan error, 1)
	go func() { failed <- run.fast.Serve(g.desk.Listen(l)) }()
	var others sync.WaitGroup
	others.Go(func() { _ = run.standard.Serve(run.others) })
	defer others.Wait()
	select {
	case err := <-failed:
		cut(g.laptop.Stopped())
		g.stop(run)
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	case <-ctx.Done():
		cut(g.laptop.Stopped())
		_ = l.Close()
		g.stop(run)
		<-failed
		return nil
	}
}

// stop closes both servers. The base context was cut before, so that streams end by themselves:
// [http.Server.Shutdown] alone would wait for them, and would leave WebSockets open for good.
func (g *Gateway) stop(s *serving) {
	g.calls.stopped(s)
	ctx, cancel := context.WithTimeout(context.Background(), g.timing.stop)
	defer cancel()
	var fast sync.WaitGroup
	fast.Go(func() { s.fast.Shutdown(ctx) })
	if err := s.standard.Shutdown(ctx); err != nil {
		_ = s.standard.Close() // a client that does not read what we still had to say
	}
	fast.Wait()
	// Handlers outlive Shutdown where the connection was hijacked, and Close always.
	g.calls.wait(ctx, s)
	g.handshakes.Stop()
	g.transport.CloseIdleConnections()
}

// serving is one run of Serve. Requests of the usual kind are served by fast, all others, with their connections, by
// net/http.
type serving struct {
	ctx      context.Context // ends when Serve does
	fast     *fastpath.Server
	others   *admission.Yielded
	standard *http.Server
}

type servingKey struct{}

// context is what the contexts of all requests are made from.
func (s *serving) context() context.Context { return context.WithValue(s.ctx, servingKey{}, s) }

// connContext is the context of a connection of fast's, as net/http makes it.
func (s *serving) connContext(desk *admission.Desk, conn net.Conn) context.Context {
	return desk.ConnContext(context.WithValue(s.context(), http.LocalAddrContextKey, conn.LocalAddr()), conn)
}

// yield hands a connection to net/http, with what has come on it.
func (s *serving) yield(conn net.Conn, came []byte) bool {
	c, ok := conn.(*admission.Conn)
	return ok && s.others.Add(c, came)
}

// servingOf returns what serves a connection with that context; nil where it is not Serve's.
func servingOf(ctx context.Context) *serving {
	s, _ := ctx.Value(servingKey{}).(*serving)
	return s
}

// servingContext returns the context that ends when Serve does, for a request that outlives its client: net/http
// ends the context of a connection with the connection. For a server that is not Serve's it never ends.
func servingContext(ctx context.Context) context.Context {
	if s := servingOf(ctx); s != nil {
		return s.ctx
	}
	return context.Background()
}
