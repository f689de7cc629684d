package tunnel

import (
	"slices"
	"strings"
	"testing"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/contact"
)

// TestReport sends the manual's example, as the page does: with a key alone, from a guest too, and few in a minute.
func TestReport(t *testing.T) {
	g := newRig(t, nil)
	g.keys.set(testKey, Device{ID: "d1", Name: "Phone", Pass: &catalog.Pass{Requests: 1}})
	example := reference(t).Example(t, "POST /report")
	for name, tt := range map[string]struct {
		body   string
		key    string
		status int
	}{
		"without a key": {example, "", 401},
		"as it is":      {example, testKey, 204},
		"more fields":   {strings.Replace(example, "{", `{"note":"hello",`, 1), testKey, 400},
		"too long":      {example + strings.Repeat(" ", contact.MaxReport), testKey, 400},
		"nothing":       {"", testKey, 400},
	} {
		res, body := fetch(t, g.request("POST", "/report", tt.body, "Authorization", strings.TrimSpace("Bearer "+tt.key)))
		if res.StatusCode != tt.status || tt.status == 204 && body != "" {
			t.Errorf("%s: %d %s", name, res.StatusCode, body)
		}
	}
	all := g.Reports()
	if len(all) != 1 {
		t.Fatalf("%d reports are kept", len(all))
	}
	r := all[0]
	if r.Device != "d1" || !r.Peer.IsLoopback() || !r.Local.IsLoopback() || r.Received.Sub(r.Made) != 90*time.Second || r.Occasion != contact.Lost ||
		!slices.Equal(r.Tries, []contact.Try{{URL: "http://192.168.1.20:8717", Outcome: contact.Mute, Took: 5 * time.Second}}) {
		t.Errorf("the report is %+v", r)
	}
	statuses := map[int]int{}
	for range 2 * reportsAMinute {
		res, _ := fetch(t, g.request("POST", "/report", example, "Authorization", "Bearer "+otherKey))
		statuses[res.StatusCode]++
	}
	if statuses[204] != reportsAMinute || statuses[429] != reportsAMinute {
		t.Errorf("a device that reports all the time gets %v", statuses)
	}
}
