package tunnel

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/limit"
)

func pairWith(err error) func(*Gateway) {
	return func(g *Gateway) {
		g.Pair = func(_ context.Context, r PairRequest) (Paired, error) {
			if err != nil {
				return Paired{}, err
			}
			return Paired{Key: "mb_new", Device: Device{ID: "d9", Name: r.Name + "/" + r.Code}, URLs: []string{"http://10.0.0.1:8717"}}, nil
		}
	}
}

func TestPair(t *testing.T) {
	g := newRig(t, pairWith(nil), describe(t, "ollama", dialect.OpenAI, "http://127.0.0.1:1", "tiny"))
	_, body := fetch(t, g.request("POST", "/pair", `{"code":"7KQ2M9XF","device":{"name":" iPhone "}}`, "Authorization", ""))
	var got struct {
		Key, Name    string
		Device       Device
		URLs, Models []string
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if got.Key != "mb_new" || got.Name != "Testbook" || got.Device != (Device{ID: "d9", Name: "iPhone/7KQ2M9XF"}) ||
		len(got.URLs) != 1 || len(got.Models) != 1 || got.Models[0] != "tiny" {
		t.Errorf("paired: %s", body)
	}
	if x := g.seen.ended(t, 1); x.Path != "/pair" || x.Device.ID != "d9" {
		t.Errorf("Observe got %+v", x)
	}
	for _, bad := range []string{"", "{", `{}`, `{"code":" "}`, `{"code":1}`, `[]`, `{"code":"` + strings.Repeat("x", maxPairBody) + `"}`} {
		if res, body := fetch(t, g.request("POST", "/pair", bad)); res.StatusCode != 400 {
			t.Errorf("%.40q: status %d: %s", bad, res.StatusCode, body)
		}
	}
}

func TestPairFailures(t *testing.T) {
	for _, tt := range []struct {
		err    error
		status int
		code   string
	}{
		{ErrCodeWrong, 401, "code_wrong"},
		{ErrCodeUsed, 410, "code_used"},
		{ErrCodeExpired, 410, "code_expired"},
		{ErrTooManyTries, 429, "too_many_tries"},
		{io.ErrClosedPipe, 500, "internal_error"},
	} {
		g := newRig(t, pairWith(tt.err))
		res, body := fetch(t, g.request("POST", "/pair", `{"code":"x"}`))
		if code, _ := errorOf(t, body); res.StatusCode != tt.status || code != tt.code {
			t.Errorf("%v: status %d: %s", tt.err, res.StatusCode, body)
		}
	}
}

func TestWrongCodesAreLimited(t *testing.T) {
	tries := 0
	g := newRig(t, func(g *Gateway) {
		g.Pair = func(context.Context, PairRequest) (Paired, error) {
			tries++
			return Paired{}, ErrCodeWrong
		}
	})
	for range 2 * limit.PerMinute {
		fetch(t, g.request("GET", "/v1/models", "", "Authorization", "Bearer wrong")) // must not count here
	}
	for range limit.PerMinute {
		if res, _ := fetch(t, g.request("POST", "/pair", `{"code":"x"}`)); res.StatusCode != 401 {
			t.Fatalf("status %d", res.StatusCode)
		}
	}
	res, _ := fetch(t, g.request("POST", "/pair", `{"code":"x"}`))
	if res.StatusCode != 429 || res.Header.Get("Retry-After") == "" || tries != limit.PerMinute {
		t.Errorf("status %d after %d codes were looked at", res.StatusCode, tries)
	}
}
