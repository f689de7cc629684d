package tunnel

import (
	"encoding/json"
	"io"
	"testing"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/limit"
)

// TestHandover: a phone with a key gets a code, and who shows it the key.
func TestHandover(t *testing.T) {
	until := time.Date(2026, 12, 3, 19, 10, 0, 0, time.UTC)
	g := newRig(t, func(g *Gateway) {
		g.HandOver = func(d Device, key string) (string, time.Time, error) { return d.ID + "/" + key, until, nil }
		g.Redeem = func(code string) (Paired, error) {
			return Paired{Key: "mb_x", Device: Device{ID: code, Name: "phone"}, URLs: []string{"http://10.0.0.1:8717"}}, nil
		}
	})
	var made struct {
		Code  string
		Until time.Time
	}
	res, body := fetch(t, g.request("POST", "/handover", ""))
	if json.Unmarshal([]byte(body), &made) != nil || made.Code != "d1/"+testKey || !made.Until.Equal(until) {
		t.Errorf("made: %d %s", res.StatusCode, body)
	}
	res, body = fetch(t, g.request("POST", "/handover/redeem", `{"code":"abc"}`, "Authorization", ""))
	if want := `{"key":"mb_x","device":{"id":"abc","name":"phone"},"name":"Testbook","urls":["http://10.0.0.1:8717"]}`; res.StatusCode != 200 || body != want+"\n" && body != want {
		t.Errorf("redeemed: %d %s, want %s", res.StatusCode, body, want)
	}
	for _, bad := range []string{"", "{}", `{"code":" "}`, `{"code":1}`} {
		if res, body := fetch(t, g.request("POST", "/handover/redeem", bad, "Authorization", "")); res.StatusCode != 400 {
			t.Errorf("%q: %d %s", bad, res.StatusCode, body)
		}
	}
	g.SetPaused(true)
	if res, body := fetch(t, g.request("POST", "/handover/redeem", `{"code":"abc"}`, "Authorization", "")); res.StatusCode != 503 {
		t.Errorf("while paused: %d %s", res.StatusCode, body)
	}
}

// TestHandoverRefusals holds who gets none, and in which words.
func TestHandoverRefusals(t *testing.T) {
	make := func(Device, string) (string, time.Time, error) { return "code", time.Now(), nil }
	for _, tt := range []struct {
		name    string
		set     func(*Gateway)
		request []string // method, path, body, headers
		status  int
		code    string
	}{
		{"no key", func(g *Gateway) { g.HandOver = make }, []string{"/handover", "", "Authorization", ""}, 401, "invalid_api_key"},
		{"a wrong key", func(g *Gateway) { g.HandOver = make }, []string{"/handover", "", "Authorization", "Bearer mb_ZZZZZZZZZZZZZZZZZZZZZZ"}, 401, "invalid_api_key"},
		{"a guest", func(g *Gateway) { g.HandOver = make }, []string{"/handover", ""}, 403, "model_not_allowed"},
		{"a paused phone", func(g *Gateway) { g.HandOver = make }, []string{"/handover", ""}, 403, "device_paused"},
		{"a laptop that has none", nil, []string{"/handover", ""}, 500, "internal_error"},
		{"a laptop that cannot", func(g *Gateway) {
			g.HandOver = func(Device, string) (string, time.Time, error) { return "", time.Time{}, io.ErrUnexpectedEOF }
		}, []string{"/handover", ""}, 500, "internal_error"},
		{"a used code", func(g *Gateway) { g.Redeem = func(string) (Paired, error) { return Paired{}, ErrCodeUsed } }, []string{"/handover/redeem", `{"code":"x"}`}, 410, "icon_used"},
		{"an old code", func(g *Gateway) { g.Redeem = func(string) (Paired, error) { return Paired{}, ErrCodeExpired } }, []string{"/handover/redeem", `{"code":"x"}`}, 410, "icon_expired"},
		{"a code for a laptop that has none", nil, []string{"/handover/redeem", `{"code":"x"}`}, 410, "icon_expired"},
	} {
		g := newRig(t, tt.set)
		switch tt.name {
		case "a guest":
			guestOf(g, catalog.Pass{Until: time.Now().Add(time.Hour)})
		case "a paused phone":
			g.keys.set(testKey, Device{ID: "d1", Paused: true})
		}
		res, body := fetch(t, g.request("POST", tt.request[0], tt.request[1], tt.request[2:]...))
		if code, _ := errorOf(t, body); res.StatusCode != tt.status || code != tt.code {
			t.Errorf("%s: %d %s", tt.name, res.StatusCode, body)
		}
	}
}

// TestHandoversAreLimited: neither can a page make codes without end, nor can somebody try them.
func TestHandoversAreLimited(t *testing.T) {
	made, tried := 0, 0
	g := newRig(t, func(g *Gateway) {
		g.HandOver = func(Device, string) (string, time.Time, error) { made++; return "code", time.Now(), nil }
		g.Redeem = func(string) (Paired, error) { tried++; return Paired{}, ErrCodeExpired }
	})
	last := 0
	for range 2 * handoversAMinute {
		res, _ := fetch(t, g.request("POST", "/handover", ""))
		last = res.StatusCode
	}
	if last != 429 || made != handoversAMinute {
		t.Errorf("status %d after %d were made", last, made)
	}
	for range 2 * limit.PerMinute {
		res, _ := fetch(t, g.request("POST", "/handover/redeem", `{"code":"x"}`, "Authorization", ""))
		last = res.StatusCode
	}
	if last != 429 || tried != limit.PerMinute {
		t.Errorf("status %d after %d were tried", last, tried)
	}
}
