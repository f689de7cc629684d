package admission

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func TestBrowserThatTriesHTTPSFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		phone, other := netip.MustParseAddr("192.168.1.7"), netip.MustParseAddr("192.168.1.8")
		told := make(chan netip.Addr, 10)
		h := &Handshakes{Tell: func(peer netip.Addr) { told <- peer }}
		for range 5 {
			h.Came(phone)
			h.Came(other)
			time.Sleep(handshakePause - time.Millisecond)
			h.Asked(phone)
			time.Sleep(handshakePause)
			synctest.Wait()
			if got := <-told; got != other || len(told) > 0 {
				t.Fatalf("told of %s, and of %d more", got, len(told))
			}
		}
		h.Came(phone)
		h.Stop()
		time.Sleep(2 * handshakePause)
		if len(told) > 0 || h.open.Load() != 0 {
			t.Error("told after the end")
		}
	})
}

func TestManyHandshakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		h := &Handshakes{Tell: func(netip.Addr) { told++ }}
		a := netip.MustParseAddr("10.0.0.1")
		for range 10 * maxHandshakes {
			h.Came(a)
			a = a.Next()
		}
		if n := len(h.timers); n > maxHandshakes {
			t.Errorf("%d are kept", n)
		}
		h.Stop()
	})
}
