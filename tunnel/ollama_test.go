package tunnel

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

func TestOllamaLists(t *testing.T) {
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	running := func(name string) catalog.Server {
		rec := `{"models":[{"name":"` + name + `","size_vram":7}]}`
		return upstream(t, name, dialect.OpenAI|dialect.Ollama, jsonAnswer(rec), name)
	}
	a, b := running("one"), running("two")
	a.Version = "0.6.0"
	a.Models[0] = catalog.Model{ID: "one:latest", Modified: when, Size: 12, Digest: strings.Repeat("ab", 32), Details: catalog.Details{Family: "llama", Families: []string{"llama"}}}
	c := describe(t, "dead", dialect.Ollama, "http://127.0.0.1:1", "three")
	d := describe(t, "lmstudio", dialect.OpenAI, "http://127.0.0.1:1", "four", "five", "two")
	d.Models[0].Loaded, d.Models[0].Context = true, 4096
	g := newRig(t, nil, a, b, c, d, describe(t, "claude", dialect.Anthropic, "http://127.0.0.1:1", "not-in-tags"))
	_, body := fetch(t, g.request("GET", "/api/tags", ""))
	var tags struct {
		Models []map[string]any
	}
	if err := json.Unmarshal([]byte(body), &tags); err != nil {
		t.Fatal(err)
	}
	if len(tags.Models) != 6 || tags.Models[5]["name"] != "two@lmstudio" || tags.Models[5]["model"] != "two@lmstudio" {
		t.Fatalf("tags: %s", body)
	}
	first := fmt.Sprint(tags.Models[0])
	for _, want := range []string{"name:one:latest", "model:one:latest", "modified_at:2026-01-02T03:04:05Z", "size:12", "digest:abab", "family:llama"} {
		if !strings.Contains(first, want) {
			t.Errorf("tags lack %q: %s", want, first)
		}
	}
	if _, body := fetch(t, g.request("GET", "/api/version", "")); strings.TrimSpace(body) != `{"version":"0.6.4"}` {
		t.Errorf("version: %s", body)
	}
	_, body = fetch(t, g.request("GET", "/api/ps", ""))
	for _, want := range []string{`"one"`, `"two"`, `"name":"four"`, `"context_length":4096`} {
		if !strings.Contains(body, want) {
			t.Errorf("ps lacks %s: %s", want, body)
		}
	}
	if strings.Contains(body, "five") {
		t.Errorf("ps has a model of which it is not known: %s", body)
	}
}

func TestShowTakesTheOldField(t *testing.T) {
	var first, second recorder
	g := newRig(t, nil, upstream(t, "a", dialect.Ollama, first.ServeHTTP, "one"), upstream(t, "b", dialect.Ollama, second.ServeHTTP, "two"))
	if res, body := fetch(t, g.request("POST", "/api/show", `{"name":"two@b"}`)); res.StatusCode != 200 {
		t.Fatalf("status %d: %s", res.StatusCode, body)
	}
	if _, body := second.last(t); body != `{"name":"two"}` {
		t.Errorf("the server got %s", body)
	}
}

func TestShowFromTheCatalog(t *testing.T) {
	s := describe(t, "studio", dialect.OpenAI, "http://127.0.0.1:1", "qwen", "embed")
	s.Models[0] = catalog.Model{ID: "qwen", Context: 8192, Abilities: catalog.Abilities{Vision: true, Reasoning: true}, Details: catalog.Details{Family: "qwen3", ParameterSize: "8B"}}
	s.Models[1].Abilities.Embedding = true
	g := newRig(t, nil, s)
	_, body := fetch(t, g.request("POST", "/api/show", `{"model":"qwen"}`))
	for _, want := range []string{
		`"capabilities":["completion","thinking","vision"]`, `"qwen3.context_length":8192`, `"general.architecture":"qwen3"`,
		`"parameter_size":"8B"`, `"families":[]`, `"modified_at":"1970-01-01T00:00:00Z"`, `"template":""`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("show lacks %s: %s", want, body)
		}
	}
	if _, body := fetch(t, g.request("POST", "/api/show", `{"name":"embed@studio"}`)); !strings.Contains(body, `"capabilities":["embedding"]`) {
		t.Errorf("show of an embedding model: %s", body)
	}
	for body, status := range map[string]int{`{"model":"none"}`: 404, `{}`: 404} {
		if res, answer := fetch(t, g.request("POST", "/api/show", body)); res.StatusCode != status || !strings.HasPrefix(answer, `{"code":"model_not_found","error":"`) {
			t.Errorf("%s: status %d: %s", body, res.StatusCode, answer)
		}
	}
}
