package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"modelbeam/app/pairing"
	"modelbeam/tunnel"
	"modelbeam/tunnel/catalog"
)

// TestSeenIsNewsAfterAWhile: a device is news when it comes back, and not with every request.
func TestSeenIsNewsAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newIdle(t)
		d, _, err := c.devices.Add("phone", nil)
		if err != nil {
			t.Fatal(err)
		}
		events := make(chan Event, 1)
		defer c.news.journal.Read(func(e Event) { events <- e })()
		for _, tt := range []struct {
			pause time.Duration
			news  bool
		}{
			{0, true}, {time.Second, false}, {newsAfter - time.Second, false}, {newsAfter, false}, {newsAfter + time.Second, true}, {time.Second, false},
		} {
			time.Sleep(tt.pause)
			c.observe(tunnel.Exchange{Device: tunnel.Device{ID: d.ID, Name: d.Name}, Local: netip.MustParseAddr("192.168.1.20")})
			synctest.Wait()
			select {
			case e := <-events:
				if seen := e.Detail.(DeviceEvent); !tt.news || seen.Action != "seen" || seen.ID != d.ID {
					t.Errorf("after %s: %+v", tt.pause, e)
				}
			default:
				if tt.news {
					t.Errorf("after %s nothing is told", tt.pause)
				}
			}
		}
	})
}

// TestCodeIsRenewed: a code that has lived its life is replaced while somebody looks.
func TestCodeIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newIdle(t)
		c.reach.Opened("127.0.0.1:8717")
		c.ShowCode(true)
		ctx, cancel := context.WithCancel(t.Context())
		var keeping sync.WaitGroup
		keeping.Go(func() { c.invitations.keep(ctx) })
		defer keeping.Wait()
		defer cancel()
		synctest.Wait()
		first := c.State().Pairing
		time.Sleep(pairing.Life - time.Second)
		synctest.Wait()
		if got := c.State().Pairing; got.Code != first.Code || got.Code == "" {
			t.Errorf("before its time: %+v after %+v", got, first)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		next := c.State().Pairing
		if next.Code == "" || next.Code == first.Code || !next.Expires.After(first.Expires) {
			t.Errorf("after its time: %+v after %+v", next, first)
		}
		if _, err := c.invitations.use(next.Code); err != nil {
			t.Error(err)
		}
		c.ShowCode(false)
		synctest.Wait()
		time.Sleep(2 * pairing.Life)
		synctest.Wait()
		if got := c.State().Pairing.Code; got != "" {
			t.Errorf("a code that nobody can see: %q", got)
		}
	})
}

// TestRenewalWithOtherRights: whoever scans again and may do other things now is interrupted, and nobody
// else.
func TestRenewalWithOtherRights(t *testing.T) {
	f := newFakeServer(t, "tiny")
	r := start(t, Options{Servers: []*url.URL{f.url(t)}, Demo: "off"})
	phone := r.scan("Tablet", "")
	ended := make(chan string, 1)
	go func() {
		_, body := r.do("POST", "/v1/chat/completions", phone.Key, chatBody)
		ended <- body
	}()
	r.await("it is being answered", func(s State) bool { return s.Devices[0].Active == 1 })
	r.scan("Tablet", phone.Key) // with the same rights
	f.more <- struct{}{}        // and it goes on
	r.Invite(Invitation{Requests: 5})
	r.await("a guest's code", func(s State) bool { return s.Pairing.Guest != nil })
	r.scan("Tablet", phone.Key)
	if body := <-ended; !strings.Contains(body, "pass_changed") {
		t.Errorf("the running answer ended with %q", body)
	}
}

func TestSameRights(t *testing.T) {
	until := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	all := []*catalog.Pass{
		nil,
		{},
		{Until: until},
		{Until: until.Add(time.Second)},
		{Models: []string{"a"}},
		{Models: []string{"a", "b"}},
		{Requests: 5},
		{Requests: 6},
		{Until: until, Models: []string{"a"}, Requests: 5},
	}
	for i, a := range all {
		for j, b := range all {
			if got := sameRights(a, b); got != (i == j) {
				t.Errorf("%+v and %+v: %v", a, b, got)
			}
		}
	}
	if !sameRights(&catalog.Pass{Requests: 5, Used: 1}, &catalog.Pass{Requests: 5}) {
		t.Error("what was used counts")
	}
	if !sameRights(&catalog.Pass{Until: until}, &catalog.Pass{Until: until.In(time.FixedZone("x", 3600))}) {
		t.Error("the time zone counts")
	}
}

// TestListIsByLastSign: who was heard of last comes first, and what a device gets right now is counted.
func TestListIsByLastSign(t *testing.T) {
	c := newIdle(t)
	ids := make(map[string]string)
	for i := range 3 {
		d, _, err := c.devices.Add(fmt.Sprint("phone ", i), nil)
		if err != nil {
			t.Fatal(err)
		}
		ids[d.Name] = d.ID
	}
	c.visit(ids["phone 1"], "192.168.1.20")
	if got := c.State().Devices; got[0].Name != "phone 1" || got[0].LastSeen.IsZero() || !got[1].LastSeen.IsZero() {
		t.Errorf("the devices are %+v", got)
	}
	text, err := json.Marshal(c.State())
	if err != nil || strings.Contains(string(text), `"devices":null`) {
		t.Errorf("%s, %v", text, err)
	}
}
