package e2e

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// breaker is a way to the gateway that can break: a proxy that passes bytes on, and resets all
// connections when it is told to.
type breaker struct {
	url string

	mu    sync.Mutex // guards what follows
	conns map[net.Conn]bool
}

// startBreaker starts a way to an address.
func startBreaker(t *testing.T, to string) *breaker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &breaker{url: "http://" + l.Addr().String(), conns: make(map[net.Conn]bool)}
	t.Cleanup(func() {
		_ = l.Close()
		w.cut()
	})
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go w.pass(conn, strings.TrimPrefix(to, "http://"))
		}
	}()
	return w
}

func (w *breaker) pass(phone net.Conn, to string) {
	gateway, err := net.Dial("tcp", to)
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
			_, _ = io.Copy(d[0], d[1])
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

// cut resets all connections, as when a router forgets them.
func (w *breaker) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for conn := range w.conns {
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
}
