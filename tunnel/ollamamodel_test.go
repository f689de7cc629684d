package tunnel

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

func TestVersion(t *testing.T) {
	tests := []struct {
		name string
		told []string // by servers of Ollama's API, in their order
		want string
	}{
		{"no Ollama", nil, "0.6.4"},
		{"older", []string{"0.5.13"}, "0.6.4"},
		{"just older", []string{"0.6.3"}, "0.6.4"},
		{"the same", []string{"0.6.4"}, "0.6.4"},
		{"newer", []string{"0.12.0"}, "0.12.0"},
		{"newer in the last number", []string{"0.6.10"}, "0.6.10"},
		{"a candidate", []string{"0.12.0-rc1"}, "0.12.0-rc1"},
		{"with a v", []string{"v0.31.0"}, "0.31.0"},
		{"built by hand", []string{"0.0.0"}, "0.6.4"},
		{"not told", []string{"", "0.9.0"}, "0.9.0"},
		{"no version", []string{"main", "1.2"}, "0.6.4"},
		{"the first counts", []string{"0.7.0", "0.12.0"}, "0.7.0"},
		{"absurd", []string{"99999999999999999999.0.0"}, "0.6.4"},
	}
	for _, tt := range tests {
		servers := []catalog.Server{describe(t, "vllm", dialect.OpenAI, "http://127.0.0.1:1", "tiny")}
		servers[0].Version = "9.9.9"
		for i, v := range tt.told {
			s := describe(t, fmt.Sprint("ollama", i), dialect.Ollama, "http://127.0.0.1:1", "tiny")
			s.Version = v
			servers = append(servers, s)
		}
		g := newRig(t, nil, servers...)
		if _, body := fetch(t, g.request("GET", "/api/version", "")); strings.TrimSpace(body) != `{"version":"`+tt.want+`"}` {
			t.Errorf("%s: %s", tt.name, body)
		}
	}
}

// tagsOf returns the models of /api/tags by name.
func tagsOf(t *testing.T, g *rig) map[string]catalog.OllamaModel {
	t.Helper()
	_, body := fetch(t, g.request("GET", "/api/tags", ""))
	var list struct{ Models []catalog.OllamaModel }
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	all := make(map[string]catalog.OllamaModel)
	for _, m := range list.Models {
		all[m.Name] = m
	}
	return all
}

// TestDigests holds that each model has one of its own that stays.
func TestDigests(t *testing.T) {
	real := strings.Repeat("0123456789abcdef", 4)
	servers := func() []catalog.Server {
		ollama := describe(t, "ollama", dialect.OpenAI|dialect.Ollama, "http://127.0.0.1:1", "told", "prefixed", "short", "missing", "upper")
		for i, digest := range []string{real, "sha256:" + strings.Repeat("f", 64), "abc", "", strings.ToUpper(real)} {
			ollama.Models[i].Digest = digest
		}
		return []catalog.Server{
			ollama,
			describe(t, "vllm", dialect.OpenAI, "http://127.0.0.1:1", "missing", "one", "two"),
			describe(t, "vllm-2", dialect.OpenAI, "http://127.0.0.1:1", "one"),
		}
	}
	first := tagsOf(t, newRig(t, nil, servers()...))
	again := tagsOf(t, newRig(t, nil, servers()...))
	if len(first) != 9 || first["told"].Digest != real || first["prefixed"].Digest != strings.Repeat("f", 64) {
		t.Errorf("%d models, told ones became %q and %q", len(first), first["told"].Digest, first["prefixed"].Digest)
	}
	names := make(map[string]string)
	for name, m := range first {
		if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(m.Digest) {
			t.Errorf("%s has the digest %q", name, m.Digest)
		}
		if other, ok := names[m.Digest]; ok {
			t.Errorf("%s and %s have the same digest", name, other)
		}
		names[m.Digest] = name
		if again[name].Digest != m.Digest {
			t.Errorf("%s has another digest the next time", name)
		}
	}
}

func TestDetailsPass(t *testing.T) {
	s := describe(t, "ollama", dialect.Ollama, "http://127.0.0.1:1", "llava:7b", "bare")
	want := catalog.Details{
		ParentModel: "llava:base", Format: "gguf", Family: "llama", Families: []string{"llama", "clip"},
		ParameterSize: "7B", QuantizationLevel: "Q4_0",
	}
	s.Models[0].Details = want
	tags := tagsOf(t, newRig(t, nil, s))
	if got := tags["llava:7b"].Details; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := tags["bare"].Details.Families; got == nil {
		t.Error("no families are null")
	}
}

// TestLoadedModelsAreComplete holds that each loaded model has what Ollama's own tool reads of it, be
// it told by a server that speaks Ollama's API in part, or known.
func TestLoadedModelsAreComplete(t *testing.T) {
	const told = `{"models":[
		{"name":"whole","model":"whole","size":5,"digest":"` + "%s" + `","details":{"family":"llama"},"expires_at":"2026-11-26T03:00:00Z","size_vram":4,"extra":1},
		{"name":"bare"}, {"model":"byModel","digest":"","size":null,"details":null},
		{"name":"unknown"}]}`
	digest := strings.Repeat("e", 64)
	ollama := upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, jsonAnswer(fmt.Sprintf(told, digest)), "whole", "bare", "byModel")
	llama := describe(t, "llamacpp", dialect.OpenAI, "http://127.0.0.1:1", "known", "not-loaded")
	llama.Models[0].Loaded = true
	g := newRig(t, nil, ollama, llama)
	_, body := fetch(t, g.request("GET", "/api/ps", ""))
	var list struct{ Models []map[string]any }
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Models) != 4 {
		t.Fatalf("%v: %s", err, body)
	}
	for i, name := range []string{"whole", "bare", "byModel", "known"} {
		m := list.Models[i]
		until, err := time.Parse(time.RFC3339Nano, fmt.Sprint(m["expires_at"]))
		sum, _ := m["digest"].(string)
		_, size := m["size"].(float64)
		_, vram := m["size_vram"].(float64)
		_, details := m["details"].(map[string]any)
		if m["name"] != name || m["model"] != name || err != nil || until.Year() < 2026 || !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(sum) || !size || !vram || !details {
			t.Errorf("%s is told as %v", name, m)
		}
	}
	if whole := list.Models[0]; whole["digest"] != digest || whole["size_vram"] != 4.0 || whole["extra"] != 1.0 || whole["expires_at"] != "2026-11-26T03:00:00Z" {
		t.Errorf("what was told is %v", whole)
	}
}

// TestOldOllamaShowsAbilities holds that the version which is told is true for what an older server
// behind it shows.
func TestOldOllamaShowsAbilities(t *testing.T) {
	const shown = `{"license":"L","model_info":{"general.architecture":"llama","x":12345678901234567890}}`
	tests := []struct {
		name, version, answer string
		changed               bool
	}{
		{"older", "0.6.0", shown, true},
		{"newer", "0.12.0", shown, false},
		{"it tells by itself", "0.6.0", `{"capabilities":["completion"]}`, false},
		{"no object", "0.6.0", `[]`, false},
		{"no JSON", "0.6.0", `oops`, false},
	}
	for _, tt := range tests {
		s := upstream(t, "ollama", dialect.Ollama, jsonAnswer(tt.answer), "tiny")
		s.Version, s.Models[0].Abilities.Tools, s.Models[0].Abilities.Vision = tt.version, true, true
		g := newRig(t, nil, s)
		res, body := fetch(t, g.request("POST", "/api/show", `{"model":"tiny"}`))
		if res.StatusCode != 200 || !tt.changed && body != tt.answer {
			t.Errorf("%s: status %d: %s", tt.name, res.StatusCode, body)
		}
		for _, want := range []string{`"capabilities":["completion","tools","vision"]`, `"x":12345678901234567890`, `"license":"L"`} {
			if tt.changed && !strings.Contains(body, want) {
				t.Errorf("%s: %s is not in %s", tt.name, want, body)
			}
		}
	}
}
