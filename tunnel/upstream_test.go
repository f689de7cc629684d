package tunnel

import (
	"testing"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// TestPathsOfServersWithTheirOwnPlaces holds where the known ones have their APIs.
func TestPathsOfServersWithTheirOwnPlaces(t *testing.T) {
	openWebUI := catalog.Prefixes{OpenAI: "/api", Ollama: "/ollama/api", Anthropic: "/api/v1"}
	tests := []struct {
		name     string
		base     string // path of the server's URL
		prefixes catalog.Prefixes
		path     string
		want     string
	}{
		{"usual", "", catalog.Prefixes{}, "/v1/chat/completions", "/v1/chat/completions"},
		{"Open WebUI", "", openWebUI, "/v1/chat/completions", "/api/chat/completions"},
		{"Open WebUI, Ollama", "", openWebUI, "/api/chat", "/ollama/api/chat"},
		{"Open WebUI, Anthropic", "", openWebUI, "/v1/messages", "/api/v1/messages"},
		{"AnythingLLM", "", catalog.Prefixes{OpenAI: "/api/v1/openai"}, "/v1/embeddings", "/api/v1/openai/embeddings"},
		{"AnythingLLM below a path", "/any/", catalog.Prefixes{OpenAI: "api/v1/openai/"}, "/v1/embeddings", "/any/api/v1/openai/embeddings"},
		{"mlx-omni-server", "", catalog.Prefixes{Anthropic: "/anthropic/v1"}, "/v1/messages", "/anthropic/v1/messages"},
		{"mlx-omni-server, OpenAI", "", catalog.Prefixes{Anthropic: "/anthropic/v1"}, "/v1/chat/completions", "/v1/chat/completions"},
		{"exo", "", catalog.Prefixes{Ollama: "/ollama/api"}, "/api/embed", "/ollama/api/embed"},
		{"without a prefix", "", catalog.Prefixes{OpenAI: "/"}, "/v1/chat/completions", "/chat/completions"},
		{"below a path", "/llm", catalog.Prefixes{}, "/v1/chat/completions", "/llm/v1/chat/completions"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec := &recorder{}
			s := upstream(t, "x", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, rec.ServeHTTP, "tiny")
			s.URL.Path, s.Prefixes = tt.base, tt.prefixes
			g := newRig(t, nil, s)
			if res, body := fetch(t, g.request("POST", tt.path, chat("tiny"))); res.StatusCode != 200 {
				t.Fatalf("status %d: %s", res.StatusCode, body)
			}
			if r, _ := rec.last(t); r.URL.Path != tt.want {
				t.Errorf("the server was asked for %s, want %s", r.URL.Path, tt.want)
			}
			if x := g.seen.ended(t, 1); x.Path != tt.path {
				t.Errorf("Observe got %s", x.Path)
			}
		})
	}
}

func TestLoadedModelsAreAskedForWhereTheServerHasThem(t *testing.T) {
	rec := &recorder{}
	s := upstream(t, "exo", dialect.Ollama, rec.ServeHTTP, "tiny")
	s.Prefixes.Ollama, s.Key = "/ollama/api", "secret"
	g := newRig(t, nil, s)
	fetch(t, g.request("GET", "/api/ps", ""))
	if r, _ := rec.last(t); r.URL.Path != "/ollama/api/ps" || r.Header.Get("Authorization") != "Bearer secret" {
		t.Errorf("the server was asked for %s with %v", r.URL.Path, r.Header)
	}
}
