package app

import (
	"crypto/tls"
	"net"
	"net/http"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// deviceAddress is a loopback address from which nobody else asks. Whoever looks for servers on this machine, as other
// tests do, asks the gateway too, in plain HTTP and from 127.0.0.1: a device there would have found the way. macOS has
// no other one by itself.
func deviceAddress(t *testing.T) net.IP {
	t.Helper()
	own := net.IPv4(127, 0, 0, 2)
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: own})
	if err != nil {
		t.Logf("the device shares its address: %v", err)
		return net.IPv4(127, 0, 0, 1)
	}
	_ = l.Close()
	return own
}

// TestHTTPSIsTold has a device try https, which its browser can only call a broken connection: the
// person is told at the laptop, and no more when the device has come the right way.
func TestHTTPSIsTold(t *testing.T) {
	r := start(t, Options{Demo: "on"})
	shared := r.await("sharing", func(s State) bool { return s.Phase == Sharing && len(s.URLs) > 0 })
	device := &net.TCPAddr{IP: deviceAddress(t)}
	dialer := &net.Dialer{LocalAddr: device}
	r.client.Transport = &http.Transport{DisableKeepAlives: true, DialContext: dialer.DialContext}
	told := make(chan *Problem, 8)
	defer r.Events(func(e Event) {
		if p, ok := e.Detail.(*Problem); ok {
			told <- p
		}
	})()
	tryHTTPS := func() {
		t.Helper()
		conn, err := tls.DialWithDialer(dialer, "tcp", shared.Listen, &tls.Config{ServerName: "laptop.local"})
		if err == nil {
			conn.Close()
			t.Fatal("somebody answered in TLS")
		}
		p := await.First(t, "it is told", told)
		if p.Kind != ProblemEncrypted || p.Params["Address"] != device.IP.String() || p.Params["URL"] != shared.URLs[0] || p.Title == "" {
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
