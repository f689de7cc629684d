package tunnel

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// guestOf lets testKey be a guest's with p.
func guestOf(g *rig, p catalog.Pass) { g.keys.set(testKey, Device{ID: "d1", Name: "Guest", Pass: &p}) }

// refused checks that an answer is an error of ours in OpenAI's shape.
func refused(t *testing.T, res *http.Response, body string, status int, want string) {
	t.Helper()
	code, message := errorOf(t, body)
	if res.StatusCode != status || code != want || !strings.HasSuffix(message, ".") {
		t.Errorf("%s: status %d, %s, want %d %q", res.Request.URL.Path, res.StatusCode, body, status, want)
	}
	if res.Header.Get(allowOrigin) != "*" {
		t.Errorf("%s: a page cannot read %v", res.Request.URL.Path, res.Header)
	}
}

func TestPausedDeviceAndEndedPass(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, pairWith(nil), upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, rec.ServeHTTP, "tiny"))
	for want, tt := range map[string]struct {
		status int
		device Device
	}{
		"device_paused": {403, Device{ID: "d1", Paused: true, Pass: &catalog.Pass{Until: time.Now().Add(-time.Minute)}}},
		"pass_ended":    {401, Device{ID: "d1", Pass: &catalog.Pass{Until: time.Now().Add(-time.Second)}}},
	} {
		g.keys.set(testKey, tt.device)
		for _, path := range []string{"/v1/models", "/v1/models/tiny", "/apps", "/device", "/nothing"} {
			res, body := fetch(t, g.request("GET", path, "", "Origin", "https://x.example"))
			refused(t, res, body, tt.status, want)
		}
		res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
		refused(t, res, body, tt.status, want)
		for _, path := range []string{"/api/tags", "/api/ps", "/api/version"} {
			if res, body := fetch(t, g.request("GET", path, "")); res.StatusCode != tt.status || !strings.Contains(body, want) {
				t.Errorf("%s: status %d: %s", path, res.StatusCode, body)
			}
		}
		for _, path := range []string{"/", "/healthz"} {
			if res, _ := fetch(t, g.request("GET", path, "")); res.StatusCode != 200 {
				t.Errorf("%s: status %d", path, res.StatusCode)
			}
		}
		if res, body := fetch(t, g.request("POST", "/pair", `{"code":"x"}`)); res.StatusCode != 200 {
			t.Errorf("/pair: status %d: %s", res.StatusCode, body)
		}
	}
	if rec.count() > 0 {
		t.Error("reached the server")
	}
}

func TestPausedDevicesStreamEnds(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, silent, "tiny"))
	for why, want := range map[Reason]string{DevicePaused: "device_paused", PassChanged: "pass_changed", Removed: "removed"} {
		stream := openStream(t, g, testKey)
		g.Disconnect("d1", why)
		if code := lastError(t, stream); code != want {
			t.Errorf("the stream ended with %q, want %q", code, want)
		}
	}
}

// TestPassEndsARunningStream lets a whole gateway run on the test's own clock.
func TestPassEndsARunningStream(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		until := time.Now().Add(time.Hour)
		b.keys.set(testKey, Device{ID: "d1", Pass: &catalog.Pass{Until: until}})
		stream, other := openStream(t, b.rig, testKey), openStream(t, b.rig, otherKey)
		others := make(chan string)
		go func() { others <- lastError(t, other) }() // its connection has no buffer: it must be read
		if code := lastError(t, stream); code != "pass_ended" {
			t.Errorf("the stream ended with %q", code)
		}
		if late := time.Since(until); late < 0 || late > time.Second {
			t.Errorf("it ended %v after the pass", late)
		}
		res, body := fetch(t, b.request("GET", "/v1/models", ""))
		refused(t, res, body, 401, "pass_ended")
		b.Disconnect("d2", Removed)
		if code := <-others; code != "removed" {
			t.Errorf("the other device's stream had ended with %q", code)
		}
	}, dialect.OpenAI, silent, "tiny")
}

func TestPassCountsRequests(t *testing.T) {
	rec := &recorder{}
	var left atomic.Int64
	spent := make(map[string]int)
	g := newRig(t, func(g *Gateway) {
		g.Spend = func(id string, n int) bool {
			spent[id]++
			return left.Add(-1) >= 0
		}
	}, refusing(t, "dead", "both"), upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, rec.ServeHTTP, "tiny", "both"))
	guestOf(g, catalog.Pass{Requests: 3})
	left.Store(3)
	for _, path := range []string{"/v1/models", "/v1/models/tiny", "/api/tags", "/api/ps", "/apps", "/device", "/readiness?model=tiny"} {
		fetch(t, g.request("GET", path, ""))
	}
	fetch(t, g.request("POST", "/api/show", `{"model":"tiny"}`))
	fetch(t, g.request("POST", "/v1/chat/completions", chat("unknown")))
	fetch(t, g.request("POST", "/v1/nothing", chat("tiny")))
	if spent["d1"] != 0 {
		t.Fatalf("%d requests were spent on lists and errors", spent["d1"])
	}
	for i, path := range []string{"/v1/chat/completions", "/v1/embeddings", "/api/chat"} {
		if res, body := fetch(t, g.request("POST", path, chat("both"))); res.StatusCode != 200 || spent["d1"] != i+1 {
			t.Errorf("%s: status %d, %d spent, want %d: %s", path, res.StatusCode, spent["d1"], i+1, body)
		}
	}
	asked := rec.count()
	res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	refused(t, res, body, 429, "pass_used_up")
	if res.Header.Get("X-Should-Retry") != "false" || res.Header.Get("Retry-After") != "" {
		t.Errorf("a library would try again: %v", res.Header)
	}
	if rec.count() != asked {
		t.Error("reached the server")
	}
	if res, _ := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"), "Authorization", "Bearer "+otherKey)); res.StatusCode != 200 || spent["d2"] != 0 {
		t.Errorf("another device: status %d, %d spent", res.StatusCode, spent["d2"])
	}
	if res, _ := fetch(t, g.request("GET", "/v1/models", "")); res.StatusCode != 200 {
		t.Errorf("the list for who has no requests left: status %d", res.StatusCode)
	}
}

func TestPassWithoutACounterHoldsItsOwnCount(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, (&recorder{}).ServeHTTP, "tiny"))
	for used, status := range map[int]int{1: 200, 2: 429, 3: 429} {
		guestOf(g, catalog.Pass{Requests: 2, Used: used})
		if res, _ := fetch(t, g.request("POST", "/v1/embeddings", chat("tiny"))); res.StatusCode != status {
			t.Errorf("%d of 2 used: status %d, want %d", used, res.StatusCode, status)
		}
	}
}

func TestGuestSeesTheModelsOfThePass(t *testing.T) {
	rec := &recorder{}
	ollama := upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/ps" {
			_, _ = w.Write([]byte(`{"models":[{"name":"tiny:latest","model":"tiny:latest"},{"name":"huge-model","model":"huge-model"},{"name":"hidden"}]}`))
			return
		}
		rec.ServeHTTP(w, r)
	}, "tiny:latest", "huge-model")
	studio := upstream(t, "lmstudio", dialect.OpenAI, rec.ServeHTTP, "huge-model", "locked")
	studio.Models[0].Loaded, studio.Models[1].Loaded = true, true
	g := newRig(t, pairWith(nil), ollama, studio)
	if _, body := fetch(t, g.request("GET", "/api/ps", "")); strings.Contains(body, "hidden") || !strings.Contains(body, "locked") {
		t.Errorf("/api/ps for everybody else is %s", body)
	}
	guestOf(g, catalog.Pass{Models: []string{"tiny:latest"}})
	for _, path := range []string{"/v1/models", "/api/tags", "/api/ps", "/apps"} {
		res, body := fetch(t, g.request("GET", path, ""))
		if res.StatusCode != 200 || !strings.Contains(body, "tiny") || strings.Contains(body, "huge-model") || strings.Contains(body, "locked") || strings.Contains(body, "hidden") {
			t.Errorf("%s: status %d: %.300s", path, res.StatusCode, body)
		}
	}
	for _, name := range []string{"tiny", "tiny:latest", "tiny:latest@ollama"} {
		if res, body := fetch(t, g.request("GET", "/v1/models/"+name, "")); res.StatusCode != 200 {
			t.Errorf("model %s: status %d: %s", name, res.StatusCode, body)
		}
		if res, body := fetch(t, g.request("POST", "/api/chat", chat(name))); res.StatusCode != 200 {
			t.Errorf("chat with %s: status %d: %s", name, res.StatusCode, body)
		}
	}
	asked := rec.count()
	for _, name := range []string{"huge-model", "huge-model@lmstudio", "huge-model@ollama", "locked", "locked:latest"} {
		res, body := fetch(t, g.request("GET", "/v1/models/"+name, ""))
		refused(t, res, body, 404, "model_not_found")
		for _, path := range []string{"/v1/chat/completions", "/v1/embeddings", "/v1/audio/speech"} {
			res, body := fetch(t, g.request("POST", path, chat(name)))
			refused(t, res, body, 404, "model_not_found")
		}
		if res, body := fetch(t, g.request("POST", "/api/show", fmt.Sprintf(`{"name":%q}`, name))); res.StatusCode != 404 || !strings.Contains(body, "model_not_found") {
			t.Errorf("show %s: status %d: %s", name, res.StatusCode, body)
		}
	}
	if rec.count() != asked {
		t.Error("reached a server")
	}
}

// TestGuestLearnsNothingOfModelsThatThePassIsNotFor is about how far a model is: what cannot be asked is not there.
func TestGuestLearnsNothingOfModelsThatThePassIsNotFor(t *testing.T) {
	ollama := upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, jsonAnswer(`{"models":[]}`), "tiny:latest", "huge-model")
	ollama.Quirks.States = "/api/ps"
	starting := upstream(t, "llamacpp", dialect.OpenAI, jsonAnswer("{}"), "slow")
	starting.Loading = true
	g := newRig(t, pairWith(nil), ollama, starting)
	for model, want := range map[string]string{"tiny": "unloaded", "huge-model": "unloaded", "slow": "loading"} {
		if _, body := fetch(t, g.request("GET", "/readiness?model="+model, "")); body != `{"state":"`+want+`"}`+"\n" {
			t.Errorf("%s is %s, want %s", model, body, want)
		}
	}
	guestOf(g, catalog.Pass{Models: []string{"tiny:latest"}})
	if _, body := fetch(t, g.request("GET", "/readiness?model=tiny", "")); !strings.Contains(body, "unloaded") {
		t.Errorf("the model of the pass is %s", body)
	}
	for _, model := range []string{"huge-model", "slow", "none"} {
		res, body := fetch(t, g.request("GET", "/readiness?model="+model, ""))
		refused(t, res, body, 404, "model_not_found")
	}
}
