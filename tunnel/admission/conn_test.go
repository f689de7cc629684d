package admission

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

// serve starts an http.Server behind d on loopback.
func serve(t *testing.T, d *Desk, h http.HandlerFunc) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h, ConnContext: d.ConnContext, ConnState: d.ConnState}
	done := make(chan error, 1)
	go func() { done <- server.Serve(d.Listen(l)) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func TestHandshakeIsAnsweredAndTold(t *testing.T) {
	d := New()
	told := make(chan netip.Addr, 10)
	d.Encrypted = func(peer netip.Addr) { told <- peer }
	asked := make(chan string, 10)
	addr := serve(t, d, func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path })

	_, err := tls.Dial("tcp", addr, &tls.Config{ServerName: "laptop.local"})
	var wrong tls.RecordHeaderError
	if !errors.As(err, &wrong) || !strings.HasPrefix(string(wrong.RecordHeader[:]), "HTTP") {
		t.Errorf("a client that speaks TLS sees %v", err)
	}
	if peer := <-told; !peer.IsLoopback() {
		t.Errorf("told of %s", peer)
	}
	for _, first := range []string{"\x16", "\x16\x03", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, first); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") || !strings.Contains(string(answer), "http://") {
			t.Errorf("%q is answered with %q, %v", first, answer, err)
		}
		conn.Close()
		<-told
	}
	select {
	case path := <-asked:
		t.Errorf("a handshake was taken for a request of %q", path)
	default:
	}
}

func TestPlainRequestsAreNoHandshakes(t *testing.T) {
	d := New()
	d.Encrypted = func(peer netip.Addr) { t.Errorf("told of TLS from %s", peer) }
	addr := serve(t, d, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	})
	const hello = "\x16\x03\x01"
	res, err := http.Post("http://"+addr, "text/plain", strings.NewReader(hello))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	if body, _ := io.ReadAll(res.Body); string(body) != hello {
		t.Errorf("the body came back as %q", body)
	}
}

func TestNotFromADesk(t *testing.T) {
	Begin(t.Context())
	Admit(t.Context())
	Dismiss(t.Context()) // do nothing
}
