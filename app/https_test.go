package app

import (
	"crypto/tls"
	"net"
	"net/http"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// retryHTTPS is when a device tries https once more. The first time should have been told long ago.
const retryHTTPS = 5 * time.Second

// TestHTTPSIsTold has a device try https, which its browser can only call a broken connection: the
// person is told at the laptop, and no more when the device has come the right way.
func TestHTTPSIsTold(t *testing.T) {
	r := start(t, Options{Demo: "on"})
	shared := r.await("sharing", func(s State) bool { return s.Phase == Sharing && len(s.URLs) > 0 })
	_, port, err := net.SplitHostPort(shared.Listen)
	if err != nil {
		t.Fatal(err)
	}
	// The State may tell it for a moment only: whoever else looks for servers on this machine asks the gateway in
	// plain HTTP, and that from the same address.
	told := make(chan *Problem, 8)
	defer r.Events(func(e Event) {
		if p, ok := e.Detail.(*Problem); ok {
			told <- p
		}
	})()
	shakeHands := func() {
		conn, err := tls.Dial("tcp", net.JoinHostPort("127.0.0.1", port), &tls.Config{ServerName: "laptop.local"})
		if err == nil {
			conn.Close()
			t.Error("somebody answered in TLS")
		}
	}
	// For the same reason it may not be told the first time: they are taken for this device, which has found the way.
	tryHTTPS := func() {
		t.Helper()
		var p *Problem
		await.True(t, "it is told", func() bool {
			shakeHands()
			select {
			case p = <-told:
			case <-time.After(retryHTTPS):
			}
			return p != nil
		})
		if p.Kind != ProblemEncrypted || p.Params["Address"] != "127.0.0.1" || p.Params["URL"] != shared.URLs[0] || p.Title == "" {
			t.Errorf("told %+v", p)
		}
	}
	tryHTTPS()
	r.Retry()
	r.await("the person has read it", func(s State) bool { return s.Problem == nil })
	tryHTTPS()
	if status, _ := r.do("POST", "/pair", "", `{"code":"0000-0000"}`); status != http.StatusUnauthorized {
		t.Errorf("plain HTTP: %d", status)
	}
	r.await("the device has found the way", func(s State) bool { return s.Problem == nil })
}
