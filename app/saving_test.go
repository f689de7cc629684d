package app

import (
	"net/http"
	"os"
	"testing"

	"modelbeam/app/devices"
	"modelbeam/app/store"
	"modelbeam/tunnel"
)

// TestSeenIsSavedWhenLetIn: a guest who has none left may ask again and again, and nothing is written.
func TestSeenIsSavedWhenLetIn(t *testing.T) {
	c := newIdle(t)
	d, _, err := c.devices.Add("guest", &devices.Pass{Requests: 1, Used: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		exchange tunnel.Exchange
		saved    bool
	}{
		{tunnel.Exchange{Status: http.StatusTooManyRequests}, false},
		{tunnel.Exchange{Status: http.StatusForbidden, Ended: true}, false},
		{tunnel.Exchange{Status: http.StatusOK, Ended: true}, true},
		{tunnel.Exchange{Status: http.StatusTooManyRequests, Ended: true}, false},
		{tunnel.Exchange{Server: "ollama"}, true},
		{tunnel.Exchange{Status: http.StatusBadGateway, Server: "ollama", Ended: true}, true},
	} {
		tt.exchange.Device.ID = d.ID
		before, err := os.Stat(DevicesPath(c.opts.StateDir))
		if err != nil {
			t.Fatal(err)
		}
		c.presence.observe(tt.exchange, false)
		if c.State().Devices[0].LastSeen.IsZero() {
			t.Errorf("%+v: the person does not see that the device was there", tt.exchange)
		}
		c.presence.saveSeen()
		after, err := os.Stat(DevicesPath(c.opts.StateDir))
		if err != nil {
			t.Fatal(err)
		}
		if saved := !store.Same(before, after); saved != tt.saved {
			t.Errorf("%+v: saved: %v", tt.exchange, saved)
		}
	}
}
