package e2e

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// breaker is a way to the gateway that can break: a proxy that passes bytes on, and resets all
// connections, leads somewhere else, or says nothing any more, when it is told to. It is the only one: where the gateway
// says what its address is, the phone reads that of the breaker.
type breaker struct {
	url, hidden string

	mu    sync.Mutex // guards what follows
	to    string
	conns map[net.Conn]bool
	open  chan struct{} // closed while bytes pass
}

// startBreaker starts a way to an address.
func startBreaker(t *testing.T, to string) *breaker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &breaker{url: "http://" + l.Addr().String(), hidden: to, to: to, conns: make(map[net.Conn]bool), open: make(chan struct{})}
	close(w.open)
	if len(w.url) != len(to) {
		t.Fatalf("%s cannot stand for %s in an answer of the same length", w.url, to)
	}
	t.Cleanup(func() {
		_ = l.Close()
		w.speak()
		w.cut()
	})
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go w.pass(conn)
		}
	}()
	return w
}

func (w *breaker) pass(phone net.Conn) {
	w.mu.Lock()
	to := w.to
	w.mu.Unlock()
	gateway, err := net.Dial("tcp", strings.TrimPrefix(to, "http://"))
	if err != nil {
		_ = phone.Close()
		return
	}
	w.mu.Lock()
	w.conns[phone], w.conns[gateway] = true, true
	w.mu.Unlock()
	var both sync.WaitGroup
	for _, d := range [][2]net.Conn{{phone, gateway}, {gateway, phone}} {
		both.Go(func() {
			_, _ = io.Copy(gate{d[0], w}, d[1])
			_ = d[0].(*net.TCPConn).CloseWrite()
		})
	}
	both.Wait()
	w.mu.Lock()
	delete(w.conns, phone)
	delete(w.conns, gateway)
	w.mu.Unlock()
	_ = phone.Close()
	_ = gateway.Close()
}

// gate lets bytes through while the way is open.
type gate struct {
	net.Conn
	way *breaker
}

func (g gate) Write(p []byte) (int, error) {
	g.way.mu.Lock()
	open := g.way.open
	g.way.mu.Unlock()
	<-open
	return g.Conn.Write(bytes.ReplaceAll(p, []byte(g.way.hidden), []byte(g.way.url)))
}

// ReadFrom is not for a gate: io.Copy would go around Write.
func (g gate) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{g}, r)
}

// lead makes the way end at another address, for what comes from now on; what is under way is reset.
func (w *breaker) lead(to string) {
	w.mu.Lock()
	w.to = to
	w.mu.Unlock()
	w.cut()
}

// silence lets nothing through any more, in either direction, and says so to nobody: as a firewall
// that drops packets does, and a laptop that fell asleep.
func (w *breaker) silence() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = make(chan struct{})
}

// speak ends silence.
func (w *breaker) speak() {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.open:
	default:
		close(w.open)
	}
}

// cut resets all connections, as when a router forgets them.
func (w *breaker) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for conn := range w.conns {
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
}
