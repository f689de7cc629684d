package transport

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// shout switches protocols, says a word, and then all that it is told until the client has said its last, in
// capitals.
func shout(c net.Conn) {
	in := bufio.NewReader(c)
	if _, err := http.ReadRequest(in); err != nil {
		return
	}
	_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nfirst ")
	text, _ := io.ReadAll(in)
	_, _ = c.Write(bytes.ToUpper(text))
}

// upgrade asks the server at url for another protocol, and returns the connection.
func upgrade(ctx context.Context, t *testing.T, url string) io.ReadWriteCloser {
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

// TestUpgrade holds that after a 101 both sides can speak as they like, that one of them may end its direction
// first, and that the request's context still ends all.
func TestUpgrade(t *testing.T) {
	gone := make(chan bool, 2)
	url := raw(t, func(c *net.TCPConn) { shout(c); gone <- true })
	conn := upgrade(t.Context(), t, url)
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
	conn = upgrade(ctx, t, url)
	defer conn.Close()
	cancel()
	await.First(t, "the server to see the end", gone)
	if err := conn.(*upgraded).Wait(); err == nil {
		if _, err = io.ReadAll(conn); err == nil {
			t.Error("it goes on")
		}
	}
}
