package transport

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"modelbeam/cmd/e2e/await"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	kept = "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\nContent-Length: 2\r\n\r\nok"

	patience = await.Limit
)

// server answers with what serve writes. It counts connections and the requests that it has read, but for those of
// strangers.
type server struct {
	net.Listener
	conns, requests atomic.Int64
	bodies          chan string
}

// serve is what becomes of a connection once request n on it, from 1 on, was read. It reports whether
// the connection goes on.
type serve func(c *net.TCPConn, n int) bool

func start(t *testing.T, f serve) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Listener: l, bodies: make(chan string, 1000)}
	var all sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.conns.Add(1)
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			all.Go(func() { s.handle(c.(*net.TCPConn), f) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return s
}

func (s *server) handle(c *net.TCPConn, f serve) {
	defer c.Close()
	in := bufio.NewReader(c)
	for n := 1; ; n++ {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		if strings.HasPrefix(req.UserAgent(), "modelbeam") { // who looks for servers on this machine
			s.conns.Add(-1)
			return
		}
		s.requests.Add(1)
		s.bodies <- string(body)
		if !f(c, n) {
			return
		}
	}
}

func (s *server) url() string { return "http://" + s.Addr().String() }

// raw is a server that does with each connection what it is told.
func raw(t *testing.T, serve func(c *net.TCPConn)) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { defer c.Close(); serve(c.(*net.TCPConn)) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	return "http://" + l.Addr().String()
}

// answered writes a text and goes on.
func answered(text string) serve {
	return func(c *net.TCPConn, _ int) bool {
		_, err := io.WriteString(c, text)
		return err == nil
	}
}

// post sends a request whose body can be sent again, and returns its status, or 0 and the error.
func post(t *testing.T, tr *Transport, url, body string) (int, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return roundTrip(tr, req)
}

func roundTrip(tr *Transport, req *http.Request) (int, error) {
	res, err := tr.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if _, err := io.ReadAll(res.Body); err != nil {
		return 0, err
	}
	return res.StatusCode, nil
}

func newTransport(t *testing.T) *Transport {
	t.Helper()
	tr := New(nil)
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// newRequest makes a request whose body can be sent once.
func newRequest(ctx context.Context, t *testing.T, url string, body io.Reader, length int64) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = length
	req.GetBody = func() (io.ReadCloser, error) { return nil, errors.New("it is not to be sent again") }
	return req
}
