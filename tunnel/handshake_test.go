package tunnel

import (
	"crypto/tls"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
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
	for range 3 { // a browser tries it more than once
		if err := shakeHands(g.addr); err == nil {
			t.Fatal("somebody answered in TLS")
		}
	}
	select {
	case peer := <-told:
		if peer != netip.MustParseAddr("127.0.0.1") {
			t.Errorf("told of %s", peer)
		}
	case <-time.After(patience):
		t.Fatal("nobody was told")
	}
	if len(told) > 0 {
		t.Error("it was told more than once")
	}
	if res, _ := fetch(t, g.request("GET", "/healthz", "")); res.StatusCode != 200 {
		t.Errorf("plain HTTP after that: status %d", res.StatusCode)
	}
}

func TestHTTPSFromOutsideIsNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []netip.Addr
		g := &Gateway{Encrypted: func(peer netip.Addr) { told = append(told, peer) }}
		g.Handler()
		near := netip.MustParseAddr("192.168.1.7")
		g.encrypted(netip.MustParseAddr("203.0.113.7"))
		g.encrypted(near)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(told) != 1 || told[0] != near {
			t.Errorf("told of %v, want %s alone", told, near)
		}
	})
}
