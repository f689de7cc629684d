package tunnel

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// bodyModel is the model that a recorded body names.
func bodyModel(t *testing.T, body string) string {
	t.Helper()
	var v struct{ Model string }
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("the server got no JSON: %v in %q", err, body)
	}
	return v.Model
}

func TestRouteByModel(t *testing.T) {
	var ollama, studio, llama recorder
	g := newRig(t, nil,
		upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, ollama.ServeHTTP, "tiny:latest", "shared", "mail@home"),
		upstream(t, "lmstudio", dialect.OpenAI, studio.ServeHTTP, "qwen/qwen3@q4", "shared", "only", "org/name"),
		upstream(t, "llamacpp", dialect.OpenAI|dialect.Anthropic, llama.ServeHTTP, "shared"),
	)
	tests := []struct {
		path, model string
		server      *recorder
		sent        string
	}{
		{"/v1/chat/completions", "only", &studio, "only"},
		{"/v1/chat/completions", "shared", &ollama, "shared"},
		{"/v1/chat/completions", "shared@ollama", &ollama, "shared"},
		{"/v1/chat/completions", "shared@lmstudio", &studio, "shared"},
		{"/v1/chat/completions", "shared@llamacpp", &llama, "shared"},
		{"/v1/messages", "shared", &llama, "shared"},
		{"/v1/chat/completions", "tiny", &ollama, "tiny"},
		{"/v1/chat/completions", "tiny:latest", &ollama, "tiny:latest"},
		{"/v1/chat/completions", "tiny@ollama", &ollama, "tiny"},
		{"/v1/chat/completions", "only:latest", &studio, "only"},
		{"/v1/chat/completions", "mail@home", &ollama, "mail@home"},
		{"/v1/chat/completions", "mail@home@ollama", &ollama, "mail@home"},
		{"/v1/chat/completions", "qwen/qwen3@q4", &studio, "qwen/qwen3@q4"},
		{"/v1/chat/completions", "org/name", &studio, "org/name"},
		{"/api/chat", "shared", &ollama, "shared"},
		{"/api/chat", "tiny", &ollama, "tiny"},
		{"/v1/chat/completions", "", &ollama, "tiny:latest"},
		{"/v1/messages", "", &llama, "shared"},
		{"/v1/embeddings", "", &ollama, ""},
	}
	for _, tt := range tests {
		before := tt.server.count()
		res, body := fetch(t, g.request("POST", tt.path, chat(tt.model)))
		if res.StatusCode != 200 || tt.server.count() != before+1 {
			t.Errorf("%s %q: status %d, not at its server: %s", tt.path, tt.model, res.StatusCode, body)
			continue
		}
		r, sent := tt.server.last(t)
		if bodyModel(t, sent) != tt.sent || r.ContentLength != int64(len(sent)) {
			t.Errorf("%s %q: server got %q with length %d", tt.path, tt.model, sent, r.ContentLength)
		}
	}
	for model, want := range map[string]string{
		"nowhere": "model_not_found", "only@ollama": "model_not_found", "shared@nobody": "model_not_found",
	} {
		res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat(model)))
		if code, _ := errorOf(t, body); res.StatusCode != 404 || code != want {
			t.Errorf("%q: status %d: %s", model, res.StatusCode, body)
		}
	}
	res, body := fetch(t, g.request("POST", "/v1/messages", chat("only")))
	if code, _ := errorOf(t, body); code != "dialect_not_supported" || res.StatusCode != 404 {
		t.Errorf("model of a server without the dialect: status %d: %s", res.StatusCode, body)
	}
}

// The default of a server may be a model that is kept from devices, so an answer is of a model that
// the gateway names.
func TestRequestThatNamesNoModel(t *testing.T) {
	rec := &recorder{}
	s := upstream(t, "second", dialect.OpenAI, rec.ServeHTTP, "embed", "tiny")
	s.Models[0].Abilities.Embedding = true
	g := newRig(t, nil, refusing(t, "first", "tiny"), s)
	for body, want := range map[string]string{
		`{}`: `{"model":"tiny"}`, ` { "stream" : true }`: ` {"model":"tiny", "stream" : true }`,
		`{"model":"","x":{}}`:                            `{"model":"tiny","x":{}}`,
		`{"x":"` + strings.Repeat("x", smallBody) + `"}`: `{"model":"tiny","x":"` + strings.Repeat("x", smallBody) + `"}`,
	} {
		res, answer := fetch(t, g.request("POST", "/v1/chat/completions", body))
		if res.StatusCode != 200 {
			t.Fatalf("%.60s: status %d: %s", body, res.StatusCode, answer)
		}
		if r, sent := rec.last(t); sent != want || r.ContentLength != int64(len(want)) {
			t.Errorf("%.60s: the server got %.60q, %d bytes", body, sent, r.ContentLength)
		}
	}
	if x := g.seen.ended(t, 1); x.Model != "tiny" || x.Server != "second" {
		t.Errorf("Observe got %+v", x)
	}
	if _, body := fetch(t, g.request("POST", "/v1/chat/completions", "")); strings.Contains(body, "panic") || rec.count() == 0 {
		t.Errorf("without a body: %s", body)
	}
}

func TestModelListIsTheUnion(t *testing.T) {
	g := newRig(t, nil)
	g.SetServers([]catalog.Server{
		describe(t, "ollama", dialect.OpenAI|dialect.Ollama, "http://127.0.0.1:1", "tiny:latest", "shared", "shared"),
		describe(t, "lmstudio", dialect.OpenAI, "http://127.0.0.1:2", "a/b", "shared"),
	})
	_, body := fetch(t, g.request("GET", "/v1/models", ""))
	var list struct {
		Object string
		Data   []struct {
			ID, Object string
			OwnedBy    string `json:"owned_by"`
		}
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range list.Data {
		got = append(got, m.ID+" of "+m.OwnedBy)
	}
	want := []string{"tiny:latest of ollama", "shared of ollama", "a/b of lmstudio", "shared@lmstudio of lmstudio"}
	if !reflect.DeepEqual(got, want) || list.Object != "list" {
		t.Errorf("models are %q, want %q", got, want)
	}
	for path, want := range map[string]string{
		"/v1/models/tiny": "tiny:latest", "/v1/models/a/b": "a/b", "/v1/models/a%2Fb": "a/b", "/v1/models/a%2fb": "a/b",
		"/models/shared@lmstudio": "shared@lmstudio", "/v1/models/shared%40lmstudio": "shared@lmstudio",
		"/v1/models/tiny%3Alatest": "tiny:latest",
	} {
		res, body := fetch(t, g.request("GET", path, ""))
		var m struct{ ID, Object string }
		if err := json.Unmarshal([]byte(body), &m); err != nil || m.ID != want || m.Object != "model" {
			t.Errorf("%s: status %d: %s", path, res.StatusCode, body)
		}
	}
	if res, body := fetch(t, g.request("HEAD", "/v1/models", "")); res.StatusCode != 200 || body != "" || res.ContentLength <= 0 {
		t.Errorf("HEAD: status %d, length %d", res.StatusCode, res.ContentLength)
	}
}

func TestEmptyCatalog(t *testing.T) {
	g := newRig(t, nil)
	if _, body := fetch(t, g.request("GET", "/v1/models", "")); !strings.Contains(body, `"data":[]`) {
		t.Errorf("models without a server: %s", body)
	}
	if _, body := fetch(t, g.request("GET", "/api/tags", "")); strings.TrimSpace(body) != `{"models":[]}` {
		t.Errorf("tags without a server: %s", body)
	}
	res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	if code, _ := errorOf(t, body); res.StatusCode != 503 || code != "no_server" {
		t.Errorf("chat without a server: status %d: %s", res.StatusCode, body)
	}
}

func TestModelOfAServerThatIsGone(t *testing.T) {
	other := upstream(t, "lmstudio", dialect.OpenAI, (&recorder{}).ServeHTTP, "other")
	g := newRig(t, nil, describe(t, "ollama", dialect.OpenAI|dialect.Ollama, "http://127.0.0.1:1", "tiny"), other)
	for _, left := range [][]catalog.Server{{other}, {}} {
		g.SetServers(left)
		res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
		code, message := errorOf(t, body)
		if res.StatusCode != 503 || code != "server_unreachable" || message != "Ollama is not running on Testbook. Start it and try again." {
			t.Errorf("%d servers left: status %d: %s", len(left), res.StatusCode, body)
		}
	}
}

func TestUnreachableServer(t *testing.T) {
	dead := httptest.NewServer(nil)
	dead.Close()
	g := newRig(t, nil, describe(t, "ollama", dialect.OpenAI|dialect.Ollama, dead.URL, "tiny"))
	res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	code, message := errorOf(t, body)
	if res.StatusCode != 502 || code != "server_unreachable" || !strings.Contains(message, "Ollama is not running on Testbook") {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	if x := g.seen.ended(t, 1); x.Status != 502 || x.Server != "ollama" || x.Model != "tiny" || x.Device.ID != "d1" {
		t.Errorf("Observe got %+v", x)
	}
}

func TestUnknownModelLooksAgain(t *testing.T) {
	rec := &recorder{}
	late := upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny")
	var looks atomic.Int32
	release := make(chan struct{})
	var g *rig
	g = newRig(t, func(gw *Gateway) {
		gw.Refresh = func(context.Context) {
			looks.Add(1)
			<-release
			g.SetServers([]catalog.Server{late})
		}
	})
	const n = 8
	var all sync.WaitGroup
	statuses := make([]int, n)
	for i := range n {
		all.Go(func() {
			res, err := client.Do(g.request("POST", "/v1/chat/completions", chat("tiny")))
			if err == nil {
				statuses[i] = res.StatusCode
				res.Body.Close()
			}
		})
	}
	await.True(t, "the look", func() bool { return looks.Load() > 0 })
	await.True(t, "all requests to be waiting", func() bool {
		g.calls.mu.Lock()
		defer g.calls.mu.Unlock()
		return len(g.calls.calls) == n
	})
	close(release)
	all.Wait()
	for _, status := range statuses {
		if status != 200 {
			t.Errorf("statuses are %v", statuses)
			break
		}
	}
	if looks.Load() > n/2 {
		t.Errorf("%d looks for %d requests at once", looks.Load(), n)
	}
}

func TestLookThatHangsIsNotWaitedFor(t *testing.T) {
	g := newRig(t, func(g *Gateway) {
		g.timing.refresh = 20 * time.Millisecond
		g.Refresh = func(ctx context.Context) { <-ctx.Done() }
	})
	res, _ := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	if res.StatusCode != 503 {
		t.Errorf("status %d", res.StatusCode)
	}
	await.True(t, "the look to end", func() bool {
		g.chooser.looking.mu.Lock()
		defer g.chooser.looking.mu.Unlock()
		return g.chooser.looking.done == nil
	})
}

// TestServersChangeUnderLoad lets requests and SetServers meet; the race detector watches.
func TestServersChangeUnderLoad(t *testing.T) {
	rec := &recorder{}
	a := upstream(t, "a", dialect.OpenAI, rec.ServeHTTP, "m")
	b := upstream(t, "b", dialect.OpenAI, rec.ServeHTTP, "m")
	g := newRig(t, nil, a)
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for range 50 {
				res, err := client.Do(g.request("POST", "/v1/chat/completions", chat("m")))
				if err != nil {
					t.Error(err)
					return
				}
				res.Body.Close()
				if res.StatusCode != 200 {
					t.Errorf("status %d", res.StatusCode)
				}
			}
		})
	}
	for i := range 100 {
		g.SetServers([][]catalog.Server{{a}, {b}, {a, b}, {b, a}}[i%4])
		g.Disconnect("nobody", Removed)
	}
	work.Wait()
}
