package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"modelbeam/cmd/e2e/await"
)

func TestConnectionsAreKept(t *testing.T) {
	s := start(t, answered(kept))
	tr := newTransport(t)
	for range 20 {
		if status, err := post(t, tr, s.url(), "x"); status != 200 {
			t.Fatalf("status %d, %v", status, err)
		}
	}
	if n := s.conns.Load(); n != 1 {
		t.Errorf("20 requests took %d connections", n)
	}
}

// TestSentAgain holds when a request is sent again and when it must not be: the server reads each
// request whole, and may have done what it asks for.
func TestSentAgain(t *testing.T) {
	second := func(f func(c *net.TCPConn) bool) serve {
		return func(c *net.TCPConn, n int) bool {
			if n == 1 {
				return answered(kept)(c, n)
			}
			return f(c)
		}
	}
	say := func(text string) func(*net.TCPConn) bool {
		return func(c *net.TCPConn) bool { _, _ = io.WriteString(c, text); return false }
	}
	reset := func(c *net.TCPConn) bool { _ = c.SetLinger(0); return false }
	tests := []struct {
		name     string
		first    bool // the request in question is the first one on its connection
		serve    serve
		requests int64 // that the server reads, besides the one that opens the connection
		status   int   // 0: an error
	}{
		{"closed without an answer", false, second(say("")), 2, 200},
		{"reset without an answer", false, second(reset), 2, 200},
		{"closed after a byte", false, second(say("H")), 1, 0},
		{"closed in the head", false, second(say("HTTP/1.1 200 OK\r\nContent-Le")), 1, 0},
		{"closed after an informational answer", false, second(say("HTTP/1.1 103 Early Hints\r\n\r\n")), 1, 0},
		{"closed in the body", false, second(say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")), 1, 0},
		{"nonsense", false, second(say("nonsense\r\n\r\n")), 1, 0},
		{"closed on a fresh connection", true, func(c *net.TCPConn, _ int) bool { return say("")(c) }, 1, 0},
		{"reset on a fresh connection", true, func(c *net.TCPConn, _ int) bool { return reset(c) }, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, tt.serve)
			tr := newTransport(t)
			if !tt.first {
				if status, err := post(t, tr, s.url(), "first"); status != 200 {
					t.Fatalf("status %d, %v", status, err)
				}
				<-s.bodies
				s.requests.Store(0)
			}
			status, err := post(t, tr, s.url(), "question")
			if status != tt.status || s.requests.Load() != tt.requests {
				t.Errorf("status %d, %v; the server has read %d requests, want %d", status, err, s.requests.Load(), tt.requests)
			}
			for range tt.requests {
				if body := <-s.bodies; body != "question" {
					t.Errorf("the server got %q", body)
				}
			}
		})
	}
}

// TestSentAgainOnce has a server that never answers a second request on any connection, nor any at
// all on those that come later.
func TestSentAgainOnce(t *testing.T) {
	s := start(t, func(c *net.TCPConn, n int) bool { return n == 1 && answered(kept)(c, n) })
	tr := newTransport(t)
	if status, err := post(t, tr, s.url(), "x"); status != 200 {
		t.Fatalf("status %d, %v", status, err)
	}
	_ = s.Listener.Close()
	if status, err := post(t, tr, s.url(), "x"); err == nil || s.requests.Load() != 2 {
		t.Errorf("status %d; the server has read %d requests", status, s.requests.Load())
	}
}

// TestBodyThatCannotBeSentAgain gets a connection that cannot turn out to be closed.
func TestBodyThatCannotBeSentAgain(t *testing.T) {
	s := start(t, answered(kept))
	tr := newTransport(t)
	for range 3 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url(), io.MultiReader(strings.NewReader("once")))
		if err != nil {
			t.Fatal(err)
		}
		if status, err := roundTrip(tr, req); status != 200 {
			t.Fatalf("status %d, %v", status, err)
		}
	}
	if n := s.conns.Load(); n != 3 {
		t.Errorf("3 requests took %d connections", n)
	}
}

// TestCloserIsRemembered holds that a server which closes after each answer is asked each request
// once, and for a while on connections of their own.
func TestCloserIsRemembered(t *testing.T) {
	s := start(t, func(c *net.TCPConn, n int) bool { return n == 1 && answered(kept)(c, n) })
	tr := newTransport(t)
	address := s.Addr().String()
	await.True(t, "the server to be known for closing", func() bool {
		if status, err := post(t, tr, s.url(), "x"); status != 200 {
			t.Fatalf("status %d, %v", status, err)
		}
		return tr.closers.has(address)
	})
	conns := s.conns.Load()
	for range 10 {
		if status, err := post(t, tr, s.url(), "x"); status != 200 {
			t.Fatalf("status %d, %v", status, err)
		}
	}
	if n := s.conns.Load() - conns; n != 10 {
		t.Errorf("10 requests took %d connections", n)
	}
}

func TestClosersAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c closers
		c.add("127.0.0.1:8080")
		time.Sleep(closersKept)
		if !c.has("127.0.0.1:8080") || c.has("127.0.0.1:8081") {
			t.Error("it is not remembered for its time, or another one is")
		}
		time.Sleep(time.Second)
		if c.has("127.0.0.1:8080") {
			t.Error("it is remembered for ever")
		}
		for i := range 3 * maxClosers {
			c.add(net.JoinHostPort("127.0.0.1", strconv.Itoa(i)))
		}
		if len(c.seen) > maxClosers {
			t.Errorf("%d are remembered", len(c.seen))
		}
	})
}

// TestLook holds that a connection which its server has ended is seen as such before a byte is written,
// and one that is open is not.
func TestLook(t *testing.T) {
	tests := []struct {
		name   string
		do     func(c *net.TCPConn)
		closed bool
	}{
		{"open", func(*net.TCPConn) {}, false},
		{"told of its end", func(c *net.TCPConn) { _, _ = io.WriteString(c, "HTTP/1.1 408 Request Timeout\r\n\r\n") }, true},
		{"closed", func(c *net.TCPConn) { _ = c.Close() }, true},
		{"half-closed", func(c *net.TCPConn) { _ = c.CloseWrite() }, true},
		{"reset", func(c *net.TCPConn) { _ = c.SetLinger(0); _ = c.Close() }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			near, err := newDialer().DialContext(t.Context(), "tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			far, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer far.Close()
			told := false
			c := newWary(near, func() { told = true })
			defer c.Close()
			if _, err := c.Write([]byte("first")); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(far, make([]byte, 5)); err != nil {
				t.Fatal(err)
			}
			tt.do(far.(*net.TCPConn))
			if tt.closed {
				await.True(t, "the close to arrive", func() bool { return new(looker).ended(c.raw) })
			}
			look(c)
			n, err := c.Write([]byte("second"))
			if tt.closed != errors.Is(err, errClosed) || tt.closed != (n == 0) || told != tt.closed {
				t.Errorf("wrote %d, %v, told %v", n, err, told)
			}
		})
	}
}

// TestEndlessInformationalAnswers holds that who is given nothing else gets an end.
func TestEndlessInformationalAnswers(t *testing.T) {
	tests := []struct {
		name  string
		count int
		err   error
	}{
		{"some", maxInformational, nil},
		{"without end", 1 << 30, ErrInformational},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, func(c *net.TCPConn, _ int) bool {
				out := bufio.NewWriter(c)
				for range tt.count {
					if _, err := out.WriteString("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"); err != nil {
						return false
					}
				}
				_, _ = out.WriteString(kept)
				return out.Flush() == nil
			})
			if status, err := post(t, newTransport(t), s.url(), "x"); !errors.Is(err, tt.err) || err == nil && status != 200 {
				t.Errorf("status %d, %v", status, err)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	tr := New(nil)
	for _, h := range []*http.Transport{tr.standard.shared, tr.standard.single} {
		if h.Proxy != nil || h.ResponseHeaderTimeout != 0 || !h.DisableCompression {
			t.Error("the transport has settings that break local servers")
		}
	}
}

// TestContextEndsIt holds that a request is not sent again for who has gone.
func TestContextEndsIt(t *testing.T) {
	asked := make(chan struct{})
	s := start(t, func(c *net.TCPConn, n int) bool {
		if n == 1 {
			return answered(kept)(c, n)
		}
		close(asked)
		_, _ = c.Read(make([]byte, 1)) // until it is closed
		return false
	})
	tr := newTransport(t)
	if status, err := post(t, tr, s.url(), "x"); status != 200 {
		t.Fatalf("status %d, %v", status, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url(), strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := roundTrip(tr, req); !errors.Is(err, context.Canceled) || s.requests.Load() != 2 {
		t.Errorf("%v; the server has read %d requests", err, s.requests.Load())
	}
}

// TestLookBelowTLS holds that a connection with TLS is looked at as well.
func TestLookBelowTLS(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	c := newWary(near, func() {})
	look(tls.Client(c, &tls.Config{ServerName: "example.org"}))
	if !c.suspect.Load() {
		t.Error("it is not looked at")
	}
}
