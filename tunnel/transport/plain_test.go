package transport

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"modelbeam/cmd/e2e/await"
)

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

// large is the length of a body that has no room in the buffers of two systems.
const large = 32 << 20

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

// zeros is a body without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestEarlyAnswer holds that a server may answer a body that it has not read, or will not read.
func TestEarlyAnswer(t *testing.T) {
	const answer = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"
	tests := []struct {
		name  string
		serve func(c *net.TCPConn, in *bufio.Reader, over <-chan bool)
	}{
		{"and reads nothing", func(c *net.TCPConn, _ *bufio.Reader, over <-chan bool) {
			_, _ = io.WriteString(c, answer)
			<-over
		}},
		{"and closes", func(c *net.TCPConn, _ *bufio.Reader, _ <-chan bool) {
			_, _ = io.WriteString(c, answer)
			_ = c.CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		}},
		{"and reads on", func(c *net.TCPConn, in *bufio.Reader, _ <-chan bool) {
			_, _ = io.WriteString(c, answer)
			_, _ = io.CopyN(io.Discard, in, large)
		}},
		{"in the middle", func(c *net.TCPConn, in *bufio.Reader, over <-chan bool) {
			_, _ = io.CopyN(io.Discard, in, large/2)
			_, _ = io.WriteString(c, answer)
			<-over
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			over := make(chan bool)
			url := raw(t, func(c *net.TCPConn) {
				in := bufio.NewReader(c)
				if _, err := http.ReadRequest(in); err == nil {
					tt.serve(c, in, over)
				}
			})
			defer close(over)
			status, err := roundTrip(newTransport(t), newRequest(t.Context(), t, url, zeros{}, large))
			if status != 413 || err != nil {
				t.Errorf("status %d, %v", status, err)
			}
		})
	}
}

// TestLargeBodyArrives holds that a large body comes to the server as it is, and its connection is kept.
func TestLargeBodyArrives(t *testing.T) {
	s := start(t, answered(kept))
	tr := newTransport(t)
	arrives := func(length int) {
		t.Helper()
		text := strings.Repeat("0123456789abcdef", length/16) + strings.Repeat("x", length%16)
		if status, err := post(t, tr, s.url(), text); status != 200 {
			t.Fatalf("%d bytes: status %d, %v", length, status, err)
		}
		if got := <-s.bodies; got != text {
			t.Errorf("%d bytes have become %d", length, len(got))
		}
	}
	for _, length := range []int{atOnce - 200, atOnce, uploadBuffer, uploadBuffer + 1, 3*uploadBuffer + 7, 1 << 20} {
		arrives(length)
		// Of an upload it may not be seen in time that it is over: then its connection is not kept.
		await.True(t, "the connection to be kept", func() bool {
			before := s.conns.Load()
			arrives(length)
			arrives(1)
			return s.conns.Load() == before
		})
	}
}

// failing is a body that breaks off.
type failing struct {
	left int
	err  error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, f.err
	}
	n := min(len(p), f.left)
	f.left -= n
	return n, nil
}

// TestBodyBreaksOff holds that a server never takes the beginning of a body for the whole, and that the
// fault of the body is told, not what came of it.
func TestBodyBreaksOff(t *testing.T) {
	unreadable := errors.New("the disk is broken")
	for _, tt := range []struct {
		name   string
		length int
		end    error
		want   error
	}{
		{"small", 100, unreadable, unreadable},
		{"large", 1 << 20, unreadable, unreadable},
		{"small and short", 100, io.EOF, errShort},
		{"large and short", 1 << 20, io.EOF, errShort},
	} {
		t.Run(tt.name, func(t *testing.T) {
			whole := make(chan bool, 1)
			url := raw(t, func(c *net.TCPConn) {
				req, err := http.ReadRequest(bufio.NewReader(c))
				if err == nil {
					_, err = io.Copy(io.Discard, req.Body)
				}
				whole <- err == nil
			})
			body := &failing{tt.length / 2, tt.end}
			status, err := roundTrip(newTransport(t), newRequest(t.Context(), t, url, body, int64(tt.length)))
			if !errors.Is(err, tt.want) {
				t.Errorf("status %d, %v", status, err)
			}
			if await.First(t, "the server to see the end", whole) {
				t.Error("the server has got a whole request")
			}
		})
	}
}

// TestGivenUp holds that whoever gives a request up is told so at once with the reason, wherever the request
// is then, and that the server sees the end.
func TestGivenUp(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"
	for _, tt := range []struct {
		name   string
		length int64
		reads  bool   // the server reads the body
		says   string // the server, and then no more
		begins bool   // RoundTrip returns before
	}{
		{"while it is sent", large, false, "", false},
		{"before an answer", 10, true, "", false},
		{"before a large body's answer", large, true, "", false},
		{"in the head", 10, true, head[:20], false},
		{"after an informational answer", 10, true, "HTTP/1.1 103 Early Hints\r\n\r\n", false},
		{"in the body", 10, true, head, true},
		{"in the body, while it is sent", large, false, head, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			there, gone := make(chan bool, 1), make(chan bool, 1)
			url := raw(t, func(c *net.TCPConn) {
				req, err := http.ReadRequest(bufio.NewReader(c))
				if err != nil {
					return
				}
				if tt.reads {
					_, _ = io.Copy(io.Discard, req.Body)
				}
				_, _ = io.WriteString(c, tt.says)
				there <- true
				_, _ = io.Copy(io.Discard, c)
				gone <- true
			})
			reason := errors.New("the person has changed their mind")
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			if !tt.begins {
				go func() { <-there; cancel(reason) }()
			}
			res, err := newTransport(t).RoundTrip(newRequest(ctx, t, url, zeros{}, tt.length))
			if tt.begins && err == nil {
				go func() { <-there; cancel(reason) }()
				_, err = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
			}
			if !errors.Is(err, reason) {
				t.Errorf("it ends with %v", err)
			}
			await.First(t, "the server to see the end", gone)
		})
	}
}

// TestClosedWhileRead holds that a body may be closed while another goroutine waits for more of it.
func TestClosedWhileRead(t *testing.T) {
	url := raw(t, func(c *net.TCPConn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
		_, _ = io.Copy(io.Discard, c)
	})
	res, err := newTransport(t).RoundTrip(newRequest(t.Context(), t, url, nil, 0))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, res.Body)
		ended <- err
	}()
	for range 2 {
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := await.First(t, "the reader to be told", ended); !errors.Is(err, errBodyClosed) {
		t.Errorf("it is told %v", err)
	}
	if _, err := res.Body.Read(make([]byte, 1)); !errors.Is(err, errBodyClosed) {
		t.Errorf("afterwards %v", err)
	}
}

// TestHooks holds what is told of an answer before it is there, and that a wish of the hook's counts.
func TestHooks(t *testing.T) {
	s := start(t, answered("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+kept))
	stop := errors.New("no more of these")
	for _, want := range []error{nil, stop} {
		var told []string
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			GotFirstResponseByte: func() { told = append(told, "first") },
			Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
				told = append(told, http.StatusText(code), h.Get("Link"))
				return want
			},
		})
		status, err := roundTrip(newTransport(t), newRequest(ctx, t, s.url(), nil, 0))
		if !errors.Is(err, want) || want == nil && status != 200 {
			t.Errorf("status %d, %v", status, err)
		}
		if got := strings.Join(told, " "); got != "first Early Hints </a>" {
			t.Errorf("told: %s", got)
		}
	}
}

// TestUpgrade holds that after a 101 both sides can speak as they like, that one of them may end its direction
// first, and that the request's context still ends all.
func TestUpgrade(t *testing.T) {
	gone := make(chan bool, 2)
	url := raw(t, func(c *net.TCPConn) {
		in := bufio.NewReader(c)
		if _, err := http.ReadRequest(in); err != nil {
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nfirst ")
		text, _ := io.ReadAll(in)
		_, _ = c.Write(bytes.ToUpper(text))
		gone <- true
	})
	upgrade := func(ctx context.Context) io.ReadWriteCloser {
		t.Helper()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", "x")
		res, err := newTransport(t).RoundTrip(req)
		if err != nil || res.StatusCode != http.StatusSwitchingProtocols || res.Header.Get("Upgrade") != "x" {
			t.Fatalf("%v, %v", res, err)
		}
		return res.Body.(io.ReadWriteCloser)
	}
	conn := upgrade(t.Context())
	_, _ = io.WriteString(conn, "hello")
	if err := conn.(*upgraded).CloseWrite(); err != nil {
		t.Error(err)
	}
	if text, err := io.ReadAll(conn); string(text) != "first HELLO" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	_ = conn.Close()
	<-gone
	ctx, cancel := context.WithCancel(t.Context())
	conn = upgrade(ctx)
	defer conn.Close()
	cancel()
	await.First(t, "the server to see the end", gone)
	if err := conn.(*upgraded).Wait(); err == nil {
		if _, err = io.ReadAll(conn); err == nil {
			t.Error("it goes on")
		}
	}
}

// pipes dials servers that are goroutines of a bubble.
func pipes(serve func(c net.Conn)) Dialer {
	return func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() { defer far.Close(); serve(far) }()
		return near, nil
	}
}

// TestRestingConnectionsEnd holds for how long a connection rests, and that a used one begins anew.
func TestRestingConnectionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dials, ends atomic.Int32
		tr := New(pipes(func(c net.Conn) {
			dials.Add(1)
			in := bufio.NewReader(c)
			for {
				if _, err := http.ReadRequest(in); err != nil {
					ends.Add(1)
					return
				}
				_, _ = io.WriteString(c, kept)
			}
		}))
		ask := func() {
			t.Helper()
			if status, err := roundTrip(tr, newRequest(t.Context(), t, "http://127.0.0.1/", nil, 0)); status != 200 {
				t.Fatalf("status %d, %v", status, err)
			}
		}
		expect := func(wantDials, wantEnds int32) {
			t.Helper()
			synctest.Wait()
			if d, e := dials.Load(), ends.Load(); d != wantDials || e != wantEnds {
				t.Errorf("%d connections, %d of them ended; want %d and %d", d, e, wantDials, wantEnds)
			}
		}
		for range 4 {
			ask()
			time.Sleep(restFor - time.Millisecond)
		}
		expect(1, 0)
		time.Sleep(time.Second)
		expect(1, 1)
		ask()
		tr.CloseIdleConnections()
		expect(2, 2)
		ask()
		time.Sleep(2 * restFor)
		expect(3, 3)
	})
}

// TestNotTooManyRest holds how many connections of a burst are kept.
func TestNotTooManyRest(t *testing.T) {
	var p pool
	for i := range maxRest + 1 {
		c := newConn(&script{}, "127.0.0.1:80")
		if kept := p.put(c); kept != (i < maxRest) {
			t.Errorf("connection %d is kept: %t", i, kept)
		}
	}
	if c := p.take("127.0.0.1:81"); c != nil {
		t.Error("one to somebody else is taken")
	}
	p.closeAll()
	if p.take("127.0.0.1:80") != nil || p.sweeper != nil {
		t.Error("something rests still")
	}
}
