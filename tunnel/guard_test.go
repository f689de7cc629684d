package tunnel

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
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
		{lan, "192.168.1.20:", true},
		{lan, "[::ffff:192.168.1.20]:8717", true},
		{lan, "192.168.1.21:8717", true}, // an address cannot be rebound: a port forward, an emulator
		{loop, "10.0.2.2:8717", true},
		{loop, "203.0.113.7", true},
		{lan, "127.0.0.1:8717", true},
		{lan, "localhost:8717", true},
		{lan, "app.localhost", true},
		{loop, "host.docker.internal:8717", true},
		{loop, "host.containers.internal", true},
		{loop, "Gateway.Docker.INTERNAL.", true},
		{lan, "printer.local", true},
		{lan, "modelbeam-1a2b.local:8717", true},
		{lan, "MODELBEAM-1A2B.local.:8717", true},
		{lan, "laptop.example.ts.net", true},
		{loop, "localhost:8717", true},
		{loop, "LocalHost.", true},
		{loop, "127.0.0.1", true},
		{loop, "[::1]:8717", true},
		{"[::1]:8717", "localhost", true},
		{lan6, "[fd00::20]:8717", true},
		{lan6, "[fd00::21]", true},
		{"[fe80::1%eth0]:8717", "[fe80::1]:8717", true},
		{"", "192.168.1.20", true},

		{lan, "evil.example", false},
		{lan, "evil.example:8717", false},
		{lan, "192.168.1.20.evil.example", false},
		{lan, "192.168.1.20.nip.io", false},
		{lan, "modelbeam-1a2b.local.evil.example", false},
		{lan, "evil.internal.example", false},
		{lan, "evilinternal", false},
		{lan, "evillocalhost", false},
		{lan, "internal", false},
		{lan, "local", false},
		{lan, "0x7f.1", false}, // which browsers send as 127.0.0.1
		{lan, "2130706433", false},
		{lan, "laptop", false},
		{lan, "", false},
		{lan, ".", false},
		{lan, ":8717", false},
		{lan, "192.168.1.20]", false},
		{lan, "[192.168.1.20]", false},
		{lan, "[192.168.1.20", false},
		{lan, "[::1", false},
		{lan, "::1]", false},
		{lan, "[::1]8717", false},
		{lan, "[::1]]", false},
		{lan, "[[::1]]", false},
		{lan, "192.168.1.20:80:80", false},
		{lan, "192.168.1.20:8717a", false},
		{lan, "192.168.1.20:-1", false},
		{lan, "me@192.168.1.20", false},
		{lan, "192.168.1.20/", false},
		{lan, "localhost, evil.example", false},
		{lan, "evil.example,x.local", false},
		{lan, "evil.example%2e.local", false},
		{lan, "x!.internal", false},
	}
	for _, tt := range tests {
		status := ask(g, tt.local, "192.168.1.7:5000", tt.host)
		if (status == 200) != tt.ok || (!tt.ok && status != 403) {
			t.Errorf("Host %q at %s: status %d, want ok %v", tt.host, tt.local, status, tt.ok)
		}
	}
}

// TestIsOurs is about what counts as the laptop's own, which is less than what may be asked for: see
// serveProof.
func TestIsOurs(t *testing.T) {
	h := home{names: func() []string { return []string{"modelbeam-1a2b.local", "203.0.113.7"} }}
	lan, loop := netip.MustParseAddr("192.168.1.20"), netip.MustParseAddr("127.0.0.1")
	for host, want := range map[string]bool{
		"192.168.1.20:8717": true, "modelbeam-1a2b.local": true, "203.0.113.7:80": true,
		"192.168.1.21": false, "localhost": false, "127.0.0.1": false, "other.local": false,
		"host.docker.internal": false, "evil.example": false, "192.168.1.20]": false, "": false,
	} {
		if got := h.isOurs(host, lan); got != want {
			t.Errorf("%q at %s: %v", host, lan, got)
		}
	}
	for host, want := range map[string]bool{"localhost:1": true, "127.0.0.1": true, "[::1]": true, "192.168.1.20": false} {
		if got := h.isOurs(host, loop); got != want {
			t.Errorf("%q at %s: %v", host, loop, got)
		}
	}
}

func TestRefusedNameIsToldHowToBecomeOurs(t *testing.T) {
	g := newRig(t, nil)
	for host, want := range map[string]string{
		"laptop.tail1234.ts.net": "--advertise laptop.tail1234.ts.net.",
		"ai.example.org:443":     "--advertise ai.example.org.",
		"x]":                     "the address that Modelbeam shows on the laptop.",
	} {
		res, body := fetch(t, g.request("GET", "/v1/models", "", "Host", host))
		if code, message := errorOf(t, body); res.StatusCode != 403 || code != "host_not_allowed" || !strings.HasSuffix(message, want) {
			t.Errorf("%q: %d %s", host, res.StatusCode, message)
		}
	}
}

// TestTargets asks for the same in all the ways of RFC 9112 section 3.2.
func TestTargets(t *testing.T) {
	g := newRig(t, nil)
	const key = "Authorization: Bearer " + testKey + "\r\nConnection: close\r\n"
	for text, want := range map[string]int{
		"GET /v1/models HTTP/1.0\r\n":                                                 200,
		"GET /v1/models HTTP/1.0\r\nHost: evil.example\r\n":                           403,
		"GET /v1/models HTTP/1.1\r\nHost: \r\n":                                       403,
		"GET /v1/models HTTP/1.1\r\n":                                                 400,
		"GET http://ADDR/v1/models HTTP/1.1\r\nHost: ADDR\r\n":                        200,
		"GET HTTP://ADDR/v1/models HTTP/1.1\r\nHost: ADDR\r\n":                        200,
		"GET http://ADDR/v1/models HTTP/1.1\r\nHost: evil.example\r\n":                200, // the target counts
		"GET http://evil.example/v1/models HTTP/1.1\r\nHost: ADDR\r\n":                403,
		"GET http://ADDR/healthz HTTP/1.1\r\nHost: ADDR\r\n":                          200,
		"GET http://ADDR HTTP/1.1\r\nHost: ADDR\r\n":                                  200,
		"GET http://ADDR/t/" + testKey + "/v1/models HTTP/1.1\r\nHost: ADDR\r\n":      200,
		"GET http://ADDR/v1/models HTTP/1.0\r\n":                                      200,
		"GET https://ADDR/v1/models HTTP/1.1\r\nHost: ADDR\r\n":                       404,
		"GET ftp://ADDR/v1/models HTTP/1.1\r\nHost: ADDR\r\n":                         404,
		"GET http://me:x@ADDR/v1/models HTTP/1.1\r\nHost: ADDR\r\n":                   404,
		"GET //evil.example/v1/models HTTP/1.1\r\nHost: ADDR\r\n":                     404,
		"CONNECT ADDR HTTP/1.1\r\nHost: ADDR\r\n":                                     404,
		"OPTIONS * HTTP/1.1\r\nHost: ADDR\r\n":                                        200,
		"POST http://ADDR/v1/nothing HTTP/1.1\r\nHost: ADDR\r\nContent-Length: 0\r\n": 404,
	} {
		res, body := raw(t, g.addr, strings.ReplaceAll(text, "ADDR", g.addr)+key+"\r\n")
		if res.StatusCode != want {
			t.Errorf("%q: %d, want %d: %s", text, res.StatusCode, want, body)
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
	g := &Gateway{}
	for peer, ok := range tests {
		if status := ask(g, "192.168.1.20:1", peer, "192.168.1.20"); (status == 200) != ok {
			t.Errorf("peer %q: status %d, want ok %v", peer, status, ok)
		}
	}
}

// This machine asks itself by its own address, whatever that is: a person tries the address that the window
// shows in the browser beside it.
func TestPeerIsThisMachine(t *testing.T) {
	g := &Gateway{}
	for peer, status := range map[string]int{"203.0.113.9:5000": 200, "203.0.113.10:5000": 403} {
		if got := ask(g, "203.0.113.9:8717", peer, "203.0.113.9"); got != status {
			t.Errorf("%s at 203.0.113.9: status %d, want %d", peer, got, status)
		}
	}
}

// TestNeighbours is about peers whose addresses are public, in a network that is ours too.
func TestNeighbours(t *testing.T) {
	g := &Gateway{Networks: func() []netip.Prefix {
		return []netip.Prefix{
			netip.MustParsePrefix("11.22.33.1/24"), netip.MustParsePrefix("25.0.0.0/8"), netip.MustParsePrefix("2001:db8:5::1/64"),
		}
	}}
	for peer, ok := range map[string]bool{
		"11.22.33.2:1": true, "11.22.34.2:1": false, "25.255.0.7:1": true, "[::ffff:11.22.33.2]:1": true,
		"[2001:db8:5::2]:1": true, "[2001:db8:5:0:ffff::2%eth0]:1": true, "[2001:db8:6::2]:1": false,
		"8.8.8.8:1": false, "192.168.7.7:1": true, "": false,
	} {
		if status := ask(g, "192.168.1.20:1", peer, "192.168.1.20"); (status == 200) != ok {
			t.Errorf("peer %q: status %d, want ok %v", peer, status, ok)
		}
	}
}
