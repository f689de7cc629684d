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

func TestBrowserThatTriesHTTPSFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		phone, other := netip.MustParseAddr("192.168.1.7"), netip.MustParseAddr("192.168.1.8")
		told := make(chan netip.Addr, 10)
		h := &handshakes{tell: func(peer netip.Addr) { told <- peer }}
		for range 5 {
			h.came(phone)
			h.came(other)
			time.Sleep(handshakePause - time.Millisecond)
			h.asked(phone)
			time.Sleep(handshakePause)
			synctest.Wait()
			if got := <-told; got != other || len(told) > 0 {
				t.Fatalf("told of %s, and of %d more", got, len(told))
			}
		}
		h.came(phone)
		h.stop()
		time.Sleep(2 * handshakePause)
		if len(told) > 0 || h.open.Load() != 0 {
			t.Error("told after the end")
		}
	})
}

func TestManyHandshakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		h := &handshakes{tell: func(netip.Addr) { told++ }}
		a := netip.MustParseAddr("10.0.0.1")
		for range 10 * maxHandshakes {
			h.came(a)
			a = a.Next()
		}
		if n := len(h.timers); n > maxHandshakes {
			t.Errorf("%d are kept", n)
		}
		h.stop()
	})
}

func TestHTTPSFromOutsideIsNotTold(t *testing.T) {
	g := &Gateway{Encrypted: func(netip.Addr) {}}
	g.Handler()
	g.encrypted(netip.MustParseAddr("203.0.113.7"))
	if g.handshakes.open.Load() != 0 {
		t.Error("somebody outside our network is told of")
	}
}
