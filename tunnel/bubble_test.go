package tunnel

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// bubble is a gateway with one server and a client, all in memory and on a clock of their own
// (package synctest).
type bubble struct {
	*rig
	upstream http.HandlerFunc
}

// inBubble runs a test with a server of the given dialects, handler and models.
func inBubble(t *testing.T, run func(*testing.T, *bubble), d dialect.Dialect, h http.HandlerFunc, models ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{upstream: h}
		b.rig = &rig{t: t, seen: &exchanges{}, keys: newKeyring(), addr: "192.168.1.20:8717", url: "http://192.168.1.20:8717"}
		b.Gateway = &Gateway{Name: "Testbook", Keys: b.keys, Observe: b.seen.observe}
		front, back := newPipes(b.addr), newPipes("127.0.0.1:11434")
		server := httptest.NewUnstartedServer(h)
		server.Listener = back
		server.Start()
		b.dial = back.dial
		b.Handler()
		s := describe(t, "ollama", d, "http://127.0.0.1:11434", models...)
		b.SetServers([]catalog.Server{s})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- b.Serve(ctx, front) }()
		b.stop = sync.OnceFunc(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Serve: %v", err)
			}
		})
		outside := client
		client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: front.dial}}
		defer func() {
			client = outside
			b.stop()
			server.CloseClientConnections()
			server.Close()
		}()
		run(t, b)
	})
}

// connect opens a connection to the gateway. It has no buffer: who writes waits until the other end reads.
func (b *bubble) connect() net.Conn {
	b.t.Helper()
	conn, err := client.Transport.(*http.Transport).DialContext(b.t.Context(), "tcp", b.addr)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { conn.Close() })
	return conn
}

// pipes is a listener whose connections are in memory.
type pipes struct {
	addr   netip.AddrPort
	conns  chan net.Conn
	closed context.Context
	stop   context.CancelFunc
}

func newPipes(addr string) *pipes {
	p := &pipes{addr: netip.MustParseAddrPort(addr), conns: make(chan net.Conn)}
	p.closed, p.stop = context.WithCancel(context.Background())
	return p
}

var errPipesClosed = errors.New("listener closed")

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed.Done():
		return nil, errPipesClosed
	}
}

func (p *pipes) Close() error   { p.stop(); return nil }
func (p *pipes) Addr() net.Addr { return net.TCPAddrFromAddrPort(p.addr) }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	peer := net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.168.1.30:40000"))
	select {
	case p.conns <- pipe{Conn: far, local: p.Addr(), remote: peer}:
		return pipe{Conn: near, local: peer, remote: p.Addr()}, nil
	case <-p.closed.Done():
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errPipesClosed}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pipe is one end of a connection, with addresses that look real.
type pipe struct {
	net.Conn
	local, remote net.Addr
}

func (p pipe) LocalAddr() net.Addr  { return p.local }
func (p pipe) RemoteAddr() net.Addr { return p.remote }
