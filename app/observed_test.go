package app

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"modelbeam/tunnel"
)

// What the gateway tells is acted on at once when it is the first, and then together, in its order.
func TestObserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var acted []uint64
		o := newObserved(func(x tunnel.Exchange) {
			mu.Lock()
			defer mu.Unlock()
			acted = append(acted, x.ID)
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { o.run(ctx) })
		told := func(want ...uint64) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(acted, want) {
				t.Errorf("acted on %v, want %v", acted, want)
			}
		}
		for id := range uint64(3) {
			o.tell(tunnel.Exchange{ID: id + 1})
			told(1)
		}
		o.look() // somebody wants to know
		told(1, 2, 3)
		o.tell(tunnel.Exchange{ID: 4})
		told(1, 2, 3)
		sleep(t.Context().Done(), observePause)
		told(1, 2, 3, 4)
		cancel()
		running.Wait()
		o.tell(tunnel.Exchange{ID: 5})
		told(1, 2, 3, 4)
		o.look()
		told(1, 2, 3, 4, 5)
	})
}

// A request must not wait for whoever looks at what phones do.
func TestTellingTakesNoLockOfTheState(t *testing.T) {
	c := newIdle(t)
	d, _, err := c.devices.Add("phone", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.presence.mu.Lock()
	c.news.mu.Lock()
	c.observed.acting.Lock() // as State does
	x := tunnel.Exchange{Device: tunnel.Device{ID: d.ID}, Server: "s", Model: "m", Ended: true, Status: 200}
	for range 100 {
		c.observed.tell(x)
	}
	c.observed.acting.Unlock()
	c.news.mu.Unlock()
	c.presence.mu.Unlock()
	if list := c.State().Devices; len(list) != 1 || list[0].Today.Requests != 100 {
		t.Errorf("after 100 answers the State has %+v", list)
	}
	if n := testing.AllocsPerRun(50, func() { c.observed.tell(x) }); n != 0 { // beside those before, which left room
		t.Errorf("to be told of a request takes %v allocations", n)
	}
}
