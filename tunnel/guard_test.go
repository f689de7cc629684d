package tunnel

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// ask sends a request as if it came over a connection between the two addresses.
func ask(g *Gateway, local, peer, host string) int {
	r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
	r.Host = host
	r.RemoteAddr = peer
	if addr, err := net.ResolveTCPAddr("tcp", local); err == nil {
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, addr))
	}
	w := httptest.NewRecorder()
	g.Handler().ServeHTTP(w, r)
	return w.Code
}

func TestHost(t *testing.T) {
	g := &Gateway{Hosts: func() []string { return []string{"modelbeam-1a2b.local", "Laptop.example.ts.net."} }}
	const lan, loop, lan6 = "192.168.1.20:8717", "127.0.0.1:8717", "[fd00::20]:8717"
	tests := []struct {
		local, host string
		ok          bool
	}{
		{lan, "192.168.1.20:8717", true},
		{lan, "192.168.1.20", true},
		{lan, "192.168.1.20:80", true},
		{lan, "[::ffff:192.168.1.20]:8717", true},
		{lan, "192.168.1.21:8717", false}, // not the address that was reached
		{lan, "127.0.0.1:8717", false},
		{lan, "localhost:8717", false},
		{lan, "modelbeam-1a2b.local:8717", true},
		{lan, "MODELBEAM-1A2B.local.:8717", true},
		{lan, "laptop.example.ts.net", true},
		{lan, "evil.example", false},
		{lan, "192.168.1.20.evil.example", false},
		{lan, "modelbeam-1a2b.local.evil.example", false},
		{lan, "", false},
		{lan, ".", false},
		{loop, "localhost:8717", true},
		{loop, "LocalHost.", true},
		{loop, "127.0.0.1", true},
		{loop, "[::1]:8717", true},
		{loop, "192.168.1.20", false},
		{"[::1]:8717", "localhost", true},
		{lan6, "[fd00::20]:8717", true},
		{lan6, "[fd00::21]:8717", false},
		{"[fe80::1%eth0]:8717", "[fe80::1]:8717", true},
		{"", "192.168.1.20", false}, // the server did not say what was reached
	}
	for _, tt := range tests {
		status := ask(g, tt.local, "192.168.1.7:5000", tt.host)
		if (status == 200) != tt.ok || (!tt.ok && status != 403) {
			t.Errorf("Host %q at %s: status %d, want ok %v", tt.host, tt.local, status, tt.ok)
		}
	}
}

func TestPeer(t *testing.T) {
	tests := map[string]bool{
		"10.1.2.3:1": true, "172.16.0.1:1": true, "172.32.0.1:1": false, "192.168.0.1:1": true,
		"127.0.0.1:1": true, "169.254.3.4:1": true, "100.64.0.1:1": true, "100.127.255.255:1": true,
		"100.128.0.1:1": false, "8.8.8.8:1": false, "[::1]:1": true, "[fe80::1%eth0]:1": true,
		"[fd12::1]:1": true, "[2001:db8::1]:1": false, "[::ffff:192.168.0.1]:1": true,
		"[::ffff:8.8.8.8]:1": false, "": false, "@": false,
	}
	strict, open := &Gateway{}, &Gateway{AllowPublic: true}
	for peer, ok := range tests {
		if status := ask(strict, "192.168.1.20:1", peer, "192.168.1.20"); (status == 200) != ok {
			t.Errorf("peer %q: status %d, want ok %v", peer, status, ok)
		}
		if status := ask(open, "192.168.1.20:1", peer, "192.168.1.20"); status != 200 {
			t.Errorf("peer %q with AllowPublic: status %d", peer, status)
		}
	}
}
