package app

import (
	"testing"

	"modelbeam/tunnel"
)

// A request must not wait for whoever looks at what phones do.
func TestTellingTakesNoLockOfTheState(t *testing.T) {
	c := newIdle(t)
	d, _, err := c.devices.Add("phone", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.presence.mu.Lock()
	c.news.mu.Lock()
	x := tunnel.Exchange{Device: tunnel.Device{ID: d.ID}, Server: "s", Model: "m", Ended: true, Status: 200}
	for range 100 {
		c.observed.Tell(x)
	}
	c.news.mu.Unlock()
	c.presence.mu.Unlock()
	if list := c.State().Devices; len(list) != 1 || list[0].Today.Requests != 100 {
		t.Errorf("after 100 answers the State has %+v", list)
	}
}
