package tunnel

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/limit"
)

const localAddress = "http://testbook.local:8717"

func withLocal(g *Gateway) { g.Local = func() string { return localAddress } }

func TestDevice(t *testing.T) {
	until := time.Date(2126, 11, 21, 23, 0, 0, 0, time.FixedZone("", 3600))
	for _, tt := range []struct {
		pass *catalog.Pass
		want string
	}{
		{nil, `{"device":{"id":"d1","name":"Phone"},"local":"` + localAddress + `"}`},
		{&catalog.Pass{}, `{"device":{"id":"d1","name":"Phone"},"guest":{},"local":"` + localAddress + `"}`},
		{
			&catalog.Pass{Until: until, Models: []string{"tiny"}, Requests: 5, Used: 5},
			`{"device":{"id":"d1","name":"Phone"},"guest":{"until":"2126-11-21T22:00:00Z","models":["tiny"],"requests":5,"left":0},"local":"` + localAddress + `"}`,
		},
	} {
		g := newRig(t, withLocal)
		g.keys.set(testKey, Device{ID: "d1", Name: "Phone", Pass: tt.pass})
		if _, body := fetch(t, g.request("GET", "/device", "")); strings.TrimSpace(body) != tt.want {
			t.Errorf("%+v: got %s, want %s", tt.pass, body, tt.want)
		}
	}
	if res, _ := fetch(t, newRig(t, nil).request("GET", "/device", "", "Authorization", "")); res.StatusCode != 401 {
		t.Errorf("without a key: status %d", res.StatusCode)
	}
}

func TestAddressThatLasts(t *testing.T) {
	for name, with := range map[string]func(*Gateway){"announced": withLocal, "not announced": nil} {
		g := newRig(t, with, describe(t, "ollama", dialect.OpenAI, "http://127.0.0.1:9", "tiny"))
		want := localAddress
		if with == nil {
			want = g.url
		}
		for path, want := range map[string]string{"/apps": g.url, "/apps?base=local": want, "/apps?base=http://evil.example": g.url} {
			_, body := fetch(t, g.request("GET", path, ""))
			if !strings.Contains(body, want+"/v1") || strings.Contains(body, "evil") || want == g.url && strings.Contains(body, localAddress) {
				t.Errorf("%s: %s is not built on %s: %.300s", name, path, want, body)
			}
		}
		res, _ := fetch(t, g.request("GET", "/", "", "Accept", "text/html"))
		policy := res.Header.Get("Content-Security-Policy")
		if got := strings.Contains(policy, "connect-src 'self' "+localAddress+";"); got != (with != nil) {
			t.Errorf("%s: policy is %q", name, policy)
		}
		res, _ = fetch(t, g.request("GET", "/probe.html", ""))
		if strings.Contains(res.Header.Get("Content-Security-Policy"), localAddress) {
			t.Errorf("%s: the framed page may reach more than it needs", name)
		}
	}
}

func TestRenew(t *testing.T) {
	var got PairRequest
	g := newRig(t, func(g *Gateway) {
		g.Pair = func(_ context.Context, r PairRequest) (Paired, error) {
			got = r
			return Paired{Key: r.Key, Device: Device{ID: r.Renew.ID, Pass: &catalog.Pass{Models: []string{"tiny"}, Requests: 3}}}, nil
		}
	}, describe(t, "ollama", dialect.OpenAI, "http://127.0.0.1:9", "tiny", "big"))
	_, body := fetch(t, g.request("POST", "/pair", `{"code":"x"}`))
	if got.Renew.ID != "d1" || got.Key != testKey {
		t.Errorf("Pair got %+v", got)
	}
	var paired struct {
		Key    string
		Models []string
		Guest  struct{ Requests, Left int }
	}
	if err := json.Unmarshal([]byte(body), &paired); err != nil || paired.Key != testKey ||
		len(paired.Models) != 1 || paired.Guest.Requests != 3 || paired.Guest.Left != 3 {
		t.Errorf("answer %s, %v", body, err)
	}
	for range 3 * limit.PerMinute {
		if res, body := fetch(t, g.request("POST", "/pair", `{"code":"x"}`, "Authorization", "Bearer mb_old")); res.StatusCode != 200 {
			t.Fatalf("an old key was held against its phone: status %d: %s", res.StatusCode, body)
		}
	}
	if got.Renew.ID != "" || got.Key != "" {
		t.Errorf("for an unknown key Pair got %+v", got)
	}
	if res, _ := fetch(t, g.request("GET", "/v1/models", "", "Authorization", "Bearer mb_old")); res.StatusCode != 401 {
		t.Errorf("after pairing with unknown keys an unknown key elsewhere is status %d", res.StatusCode)
	}
}

func TestCapabilities(t *testing.T) {
	s := describe(t, "ollama", dialect.OpenAI, "http://127.0.0.1:9", "all", "none", "unknown")
	s.Models[0] = catalog.Model{ID: "all", Abilities: catalog.Abilities{Known: true, Vision: true, Tools: true, Reasoning: true, Embedding: true}}
	s.Models[1].Abilities.Known = true
	g := newRig(t, nil, s)
	for id, want := range map[string]string{
		"all": `,"capabilities":["vision","tools","reasoning","embedding"]}`, "none": `,"capabilities":[]}`, "unknown": `Z"}`,
	} {
		if _, body := fetch(t, g.request("GET", "/v1/models/"+id, "")); !strings.HasSuffix(strings.TrimSpace(body), want) {
			t.Errorf("%s: %s", id, body)
		}
	}
}
