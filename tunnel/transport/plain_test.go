package transport

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// sayAndWait answers a request with a text, tells there that it has, and tells gone when the client has ended the
// connection. Only with reads it takes the request's body first.
func sayAndWait(c net.Conn, reads bool, text string, there, gone chan<- bool) {
	req, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	if reads {
		_, _ = io.Copy(io.Discard, req.Body)
	}
	_, _ = io.WriteString(c, text)
	there <- true
	_, _ = io.Copy(io.Discard, c)
	gone <- true
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
			url := raw(t, func(c *net.TCPConn) { sayAndWait(c, tt.reads, tt.says, there, gone) })
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

// TestConnectionThatBecomesFree holds that a request whose server lets nobody new in goes by a connection that
// another request is done with meanwhile, unless it is to have one of its own.
func TestConnectionThatBecomesFree(t *testing.T) {
	s := start(t, answered(kept))
	busy := errors.New("the server is too busy")
	p := &plain{closed: func(string) {}}
	p.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		free, err := newDialer().DialContext(ctx, network, address)
		if err != nil {
			t.Fatal(err)
		}
		p.pool.begun(address)
		p.pool.done(address, newConn(free, address))
		return nil, busy
	}
	defer p.pool.closeAll()
	for _, fresh := range []bool{false, true} {
		res, _, err := p.carry(newRequest(t.Context(), t, s.url(), nil, 0), s.Addr().String(), fresh)
		switch {
		case fresh && !errors.Is(err, busy), !fresh && err != nil:
			t.Errorf("fresh %t: %v", fresh, err)
		case err == nil:
			_, _ = io.Copy(io.Discard, res.Body)
		}
		p.pool.closeAll()
	}
}
