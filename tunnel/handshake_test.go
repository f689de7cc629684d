package tunnel

import (
	"crypto/tls"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"modelbeam/cmd/e2e/await"
)

// shakeHands tries https at the gateway, and returns how that failed.
func shakeHands(addr string) error {
	conn, err := tls.Dial("tcp", addr, &tls.Config{ServerName: "laptop.local"})
	if err == nil {
		conn.Close()
	}
	return err
}

func TestHTTPSIsTold(t *testing.T) {
	told := make(chan netip.Addr, 10)
	g := newRig(t, func(g *Gateway) { g.Encrypted = func(peer netip.Addr) { told <- peer } })
	if err := shakeHands(g.addr); err == nil {
		t.Fatal("somebody answered in TLS")
	}
	if peer := await.First(t, "somebody is told", told); peer != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("told of %s", peer)
	}
	if res, _ := fetch(t, g.request("GET", "/healthz", "")); res.StatusCode != 200 {
		t.Errorf("plain HTTP after that: status %d", res.StatusCode)
	}
}

// TestHTTPSIsToldOnce: a browser tries more than once, and from outside nobody should come at all.
func TestHTTPSIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []netip.Addr
		g := &Gateway{Encrypted: func(peer netip.Addr) { told = append(told, peer) }}
		g.Handler()
		near := netip.MustParseAddr("192.168.1.7")
		g.encrypted(netip.MustParseAddr("203.0.113.7"))
		for range 3 {
			g.encrypted(near)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(told) != 1 || told[0] != near {
			t.Errorf("told of %v, want %s alone", told, near)
		}
	})
}
