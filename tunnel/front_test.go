package tunnel

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// listedModels are the ids that /v1/models tells.
func (g *rig) listedModels() []string {
	g.t.Helper()
	_, body := fetch(g.t, g.request("GET", "/v1/models", ""))
	var list struct{ Data []struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		g.t.Fatal(err)
	}
	ids := []string{}
	for _, m := range list.Data {
		ids = append(ids, m.ID)
	}
	return ids
}

// TestFrontsListNothingTwice puts a server that fronts others before, between and behind them.
func TestFrontsListNothingTwice(t *testing.T) {
	var a, b, olla recorder
	one := upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, a.ServeHTTP, "tiny:latest", "both")
	two := upstream(t, "ollama-2", dialect.OpenAI|dialect.Ollama, b.ServeHTTP, "both")
	front := upstream(t, "olla", dialect.OpenAI, olla.ServeHTTP, "tiny:latest", "both", "far")
	front.Quirks.Fronts = true
	for _, servers := range [][]catalog.Server{{one, two, front}, {front, one, two}, {one, front, two}} {
		g := newRig(t, nil, servers...)
		got := g.listedModels()
		slices.Sort(got)
		if want := []string{"both", "both@ollama-2", "far", "tiny:latest"}; !slices.Equal(got, want) {
			t.Errorf("listed %q, want %q", got, want)
		}
		for model, server := range map[string]*recorder{"far": &olla, "tiny@olla": &olla, "both@ollama-2": &b} {
			before := server.count()
			if res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat(model))); res.StatusCode != 200 || server.count() != before+1 {
				t.Errorf("%s: %d %s", model, res.StatusCode, body)
			}
		}
	}
	// Alone, it lists everything.
	g := newRig(t, nil, front)
	if got := g.listedModels(); len(got) != 3 {
		t.Errorf("alone it lists %q", got)
	}
}

// TestLoadingServer: what is being loaded is not missing.
func TestLoadingServer(t *testing.T) {
	var first, second recorder
	loading := upstream(t, "llamacpp", dialect.OpenAI|dialect.Anthropic, first.ServeHTTP)
	loading.Name, loading.Loading = "llama.cpp", true
	g := newRig(t, nil, loading)
	for _, path := range []string{"/v1/chat/completions", "/v1/messages", "/api/chat"} {
		res, body := fetch(t, g.request("POST", path, chat("tiny")))
		if res.StatusCode != 503 || res.Header.Get("Retry-After") != "5" || !strings.Contains(body, "is loading its model") {
			t.Errorf("%s: %d, Retry-After %q: %s", path, res.StatusCode, res.Header.Get("Retry-After"), body)
		}
	}
	known := loading
	known.Models = []catalog.Model{{ID: "tiny"}}
	g = newRig(t, nil, known, upstream(t, "other", dialect.OpenAI, second.ServeHTTP, "tiny"))
	if res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"))); res.StatusCode != 200 || second.count() != 1 {
		t.Errorf("another server has it: %d %s", res.StatusCode, body)
	}
	if res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("none"))); res.StatusCode != 404 {
		t.Errorf("what nobody has: %d %s", res.StatusCode, body)
	}
	if first.count() > 0 {
		t.Error("the server that loads was asked")
	}
}
