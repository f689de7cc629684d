package llm

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// scripted is a server whose answers a test may change: path to a function.
func scripted(t *testing.T, answers map[string]http.HandlerFunc) *url.URL {
	t.Helper()
	srv := serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "llama.cpp")
		if answer := answers[r.URL.Path]; answer != nil {
			answer(w, r)
			return
		}
		http.NotFound(w, r)
	}), "127.0.0.1:0")
	base, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	return base
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

// TestNeedsKeyStays: the list of models that is open to all does not take back that all else is not.
func TestNeedsKeyStays(t *testing.T) {
	for name, answers := range map[string]map[string]http.HandlerFunc{
		"llama.cpp --api-key": {
			modelsPath: text(`{"object":"list","data":[{"id":"tiny","object":"model","owned_by":"llamacpp"}]}`),
			"/props": func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "Bearer secret" {
					http.Error(w, `{"error":{"message":"Invalid API Key"}}`, http.StatusUnauthorized)
					return
				}
				_, _ = io.WriteString(w, `{"modalities":{"vision":false},"default_generation_settings":{"n_ctx":512}}`)
			},
		},
		"KoboldCpp --password": {
			"/":                  func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Server", "ConcedoLlama") },
			modelsPath:           text(`{"object":"list","data":[{"id":"koboldcpp/tiny","object":"model","owned_by":"koboldcpp"}]}`),
			"/api/extra/version": text(`{"result":"KoboldCpp","version":"1.76","protected":true}`),
		},
	} {
		t.Run(name, func(t *testing.T) {
			follower := NewFollower(scripted(t, answers))
			for look := range 4 {
				if s := mustLook(t, follower); !s.NeedsKey {
					t.Fatalf("look %d: it wants no key any more: %+v", look, s)
				}
			}
			s, err := follower.Look(t.Context(), "secret")
			if err != nil || s.NeedsKey || len(s.Models) != 1 {
				t.Errorf("with its key: %+v, %v", s, err)
			}
			if s := mustLook(t, follower); !s.NeedsKey {
				t.Error("without its key again: it wants none")
			}
		})
	}
}

// TestLoadingIsNotEmpty: a server that loads its model says so on every path.
func TestLoadingIsNotEmpty(t *testing.T) {
	var ready atomic.Bool
	loads := func(then string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if !ready.Load() {
				w.WriteHeader(http.StatusServiceUnavailable)
				_, _ = io.WriteString(w, `{"error":{"message":"Loading model","type":"unavailable_error","code":503}}`)
				return
			}
			_, _ = io.WriteString(w, then)
		}
	}
	follower := NewFollower(scripted(t, map[string]http.HandlerFunc{
		modelsPath: loads(`{"object":"list","data":[{"id":"tiny","object":"model","owned_by":"llamacpp","meta":{"n_ctx_train":2048}}]}`),
		"/props":   loads(`{"modalities":{"vision":false},"default_generation_settings":{"n_ctx":512}}`),
		"/":        loads("the page"),
	}))
	if s := mustLook(t, follower); !s.Loading || s.NeedsKey || s.Kind != "llamacpp" {
		t.Errorf("while it loads: %+v", s)
	}
	ready.Store(true)
	s := mustLook(t, follower)
	if s.Loading || len(s.Models) != 1 {
		t.Fatalf("when it is loaded: %+v", s)
	}
	if s.Models[0].Context != 512 {
		t.Errorf("the context is %d, want the server's 512 and not what the model was trained for", s.Models[0].Context)
	}
}

// TestLongListIsReadOnce counts what is made of a list of thousands that stays as it is.
func TestLongListIsReadOnce(t *testing.T) {
	var entries []string
	for i := range 2000 {
		entries = append(entries, fmt.Sprintf(`{"id":"m%d","object":"model","owned_by":"x"}`, i))
	}
	var list atomic.Pointer[string]
	set := func(first string) {
		body := `{"object":"list","data":[` + first + `,` + strings.Join(entries, ",") + `]}`
		list.Store(&body)
	}
	set(`{"id":"a","object":"model"}`)
	srv := serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == modelsPath {
			_, _ = io.WriteString(w, *list.Load())
			return
		}
		http.NotFound(w, r)
	}), "127.0.0.1:0")
	base, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	follower := NewFollower(base)
	first, again := mustLook(t, follower), mustLook(t, follower)
	if &first.Models[0] != &again.Models[0] {
		t.Error("an unchanged list was read again")
	}
	set(`{"id":"b","object":"model"}`)
	if s := mustLook(t, follower); s.Models[0].ID != "b" {
		t.Errorf("a changed list was not read: %+v", s.Models[0])
	}
	if !follower.Knock(t.Context()) {
		t.Error("nobody opens")
	}
	srv.Close()
	if follower.Knock(t.Context()) {
		t.Error("somebody opens after the end")
	}
}

// TestCloudModels: they are told apart, and looking at them asks nobody on the internet.
func TestCloudModels(t *testing.T) {
	var shown atomic.Int32
	base := scripted(t, map[string]http.HandlerFunc{
		"/":            text("Ollama is running"),
		"/api/version": text(`{"version":"0.31.0"}`),
		"/api/ps":      text(`{"models":[]}`),
		"/api/tags": text(`{"models":[
			{"name":"gpt-oss:120b-cloud","remote_host":"https://ollama.com:443","remote_model":"gpt-oss:120b"},
			{"name":"glm-4.6:cloud"},{"name":"cloud:7b"},{"name":"tiny:latest"},
			{"name":"house:latest","remote_host":"https://models.example.org:8443"}]}`),
		"/api/show": func(w http.ResponseWriter, r *http.Request) {
			shown.Add(1)
			var asked struct{ Model string }
			if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Model != "tiny:latest" && asked.Model != "cloud:7b" {
				t.Errorf("asked for %q, %v", asked.Model, err)
			}
			_, _ = io.WriteString(w, `{"capabilities":["completion"]}`)
		},
	})
	follower := NewFollower(base)
	for range 3 {
		s := mustLook(t, follower)
		for i, want := range []string{"ollama.com", "ollama.com", "", "", "models.example.org"} {
			if s.Models[i].Cloud != want {
				t.Errorf("%s comes from %q, want %q", s.Models[i].ID, s.Models[i].Cloud, want)
			}
		}
	}
	if n := shown.Load(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}

func TestDialectsByVersion(t *testing.T) {
	ollama := &table()[0]
	for version, want := range map[string]bool{
		"0.6.0": false, "0.13.5": false, "0.14.0": true, "0.14.0-rc1": false, "0.31.0": true, "1.0.0": true,
		"": true, "0.0.0": true, "main-3f2a": true,
	} {
		if got := ollama.speaks(version)&Anthropic != 0; got != want {
			t.Errorf("Ollama %q speaks Anthropic's API: %v", version, got)
		}
	}
}
