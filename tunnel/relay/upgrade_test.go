package relay

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"modelbeam/tunnel/events"
)

// silentBody is the body of a switch of protocols: a connection on which nothing is said.
type silentBody struct{ io.Reader }

func (silentBody) Write(p []byte) (int, error) { return len(p), nil }
func (silentBody) Close() error                { return nil }

// roundTrip is a server in one function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// serve relays ask to a server and returns what the client gets.
func serve(t *testing.T, ask *http.Request, server roundTrip) *httptest.ResponseRecorder {
	t.Helper()
	b := newBench(t, 0)
	b.relay.Transport = server
	b.relay.Log = slog.New(slog.DiscardHandler)
	b.about.Tokens = &events.Tokens{}
	b.about.Generates = false
	got := httptest.NewRecorder()
	b.relay.Serve(got, ask, &b.about)
	return got
}

func TestSwitchThatNobodyAskedFor(t *testing.T) {
	for name, tt := range map[string]struct{ asked, switched string }{
		"not asked":        {"", "websocket"},
		"another one":      {"websocket", "h2c"},
		"none is named":    {"websocket", ""},
		"not a WebSocket":  {"h2c", "h2c"},
		"hidden in a list": {"websocket", "websocket, h2c"},
	} {
		ask := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/realtime", nil)
		if tt.asked != "" {
			ask.Header.Set("Connection", "Upgrade")
			ask.Header.Set("Upgrade", tt.asked)
		}
		got := serve(t, ask, func(*http.Request) (*http.Response, error) {
			h := http.Header{"Connection": {"Upgrade"}, "Upgrade": {tt.switched}}
			return &http.Response{StatusCode: http.StatusSwitchingProtocols, Header: h, Body: silentBody{strings.NewReader("")}}, nil
		})
		if got.Code != http.StatusBadGateway || !strings.Contains(got.Body.String(), "server_broke_off") {
			t.Errorf("%s: status %d, %s", name, got.Code, got.Body)
		}
	}
}

// connected is a TCP connection with both of its ends.
func connected(t *testing.T) (near, far *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = c.Close(), s.Close() })
	return c.(*net.TCPConn), s.(*net.TCPConn)
}

// Who has said all that there is to say may still be answered.
func TestHalfClosed(t *testing.T) {
	phone, ours := connected(t)
	theirs, server := connected(t)
	over := make(chan struct{})
	go func() { defer close(over); carry(ours, theirs) }()
	if _, err := io.WriteString(phone, "question"); err != nil {
		t.Fatal(err)
	}
	if err := phone.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if asked, err := io.ReadAll(server); err != nil || string(asked) != "question" {
		t.Errorf("the server got %q, %v", asked, err)
	}
	if _, err := io.WriteString(server, "answer"); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(phone); err != nil || string(answer) != "answer" {
		t.Errorf("the phone got %q, %v", answer, err)
	}
	<-over
}

// whole hides that a connection can be closed by halves.
type whole struct{ net.Conn }

// Where a half cannot be closed, the end of one direction is the end of both.
func TestClosedAsAWhole(t *testing.T) {
	phone, ours := connected(t)
	theirs, server := connected(t)
	over := make(chan struct{})
	go func() { defer close(over); carry(whole{ours}, whole{theirs}) }()
	if err := server.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(phone); err != nil || len(rest) > 0 {
		t.Errorf("the phone got %q, %v", rest, err)
	}
	<-over
}
