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
	"modelbeam/tunnel/apart"
	"modelbeam/tunnel/body"
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
	run := &serving{base, admission.NewResumed(l, idleTimeout)}
	connections := context.WithValue(base, servingKey{}, run)
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return connections },
		ConnContext:       g.desk.ConnContext,
		ConnState:         g.desk.ConnState,
		ErrorLog:          slog.NewLogLogger(g.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(g.desk.Listen(l)) }()
	var again sync.WaitGroup
	again.Go(func() { _ = server.Serve(run.resumed) })
	defer again.Wait()
	select {
	case err := <-failed:
		cut(g.laptop.Stopped())
		g.stop(server)
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	case <-ctx.Done():
		cut(g.laptop.Stopped())
		g.stop(server)
		<-failed
		return nil
	}
}

// stop closes the server. The base context was cut before, so that streams end by themselves:
// [http.Server.Shutdown] alone would wait for them, and would leave WebSockets open for good.
func (g *Gateway) stop(server *http.Server) {
	g.calls.stopped(server, g.laptop.Stopped())
	ctx, cancel := context.WithTimeout(context.Background(), g.timing.stop)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		_ = server.Close() // a client that does not read what we still had to say
	}
	// Handlers outlive Shutdown where the connection was hijacked, and Close always.
	g.calls.wait(ctx, server)
	g.handshakes.Stop()
	g.transport.CloseIdleConnections()
}

// serving is one run of Serve.
type serving struct {
	ctx     context.Context // ends when Serve does
	resumed *admission.Resumed
}

type servingKey struct{}

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

// giveBack lets net/http wait for the next request on the connection of a stream that had left it.
func (s *serving) giveBack(a *apart.Stream) {
	conn, ok := a.Conn.(*admission.Conn)
	if !a.Free() || !ok || !s.resumed.Add(conn, a.Ahead()) {
		_ = a.Close()
	}
}
