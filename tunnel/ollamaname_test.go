package tunnel

import (
	"testing"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// ollamaHost is where a model without a host in its name comes from.
const ollamaHost = "registry.ollama.ai"

// TestNamesAsOllamaReadsThem holds which names are one model's, and that the server is asked by the one
// that it has.
func TestNamesAsOllamaReadsThem(t *testing.T) {
	var rec recorder
	ollama := upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, rec.ServeHTTP,
		"TinyBabble:latest", "llama3.2:1B", "user/Model:q4", "hf.co/bartowski/Llama-GGUF:Q4_K_M", "twin", "Twin")
	vllm := upstream(t, "vllm", dialect.OpenAI, rec.ServeHTTP, "plain", "meta-llama/Llama-3.1-8B", "/models/Some.gguf", "TinyBabble:latest")
	g := newRig(t, nil, ollama, vllm)
	tests := []struct{ asked, sent string }{ // sent is empty for a model that is not there
		{"TinyBabble:latest", "TinyBabble:latest"},
		{"TinyBabble", "TinyBabble"},
		{"tinybabble", "TinyBabble:latest"},
		{"TINYBABBLE:LATEST", "TinyBabble:latest"},
		{"library/tinybabble", "TinyBabble:latest"},
		{"Library/TinyBabble:latest", "TinyBabble:latest"},
		{"registry.ollama.ai/library/tinybabble", "TinyBabble:latest"},
		{"registry.ollama.ai/library/TinyBabble:latest", "TinyBabble:latest"},
		{"https://" + ollamaHost + "/library/tinybabble", "TinyBabble:latest"},
		{"tinybabble@ollama", "TinyBabble:latest"},
		{"library/tinybabble@vllm", "TinyBabble:latest"},
		{"llama3.2:1b", "llama3.2:1B"},
		{"library/llama3.2:1b", "llama3.2:1B"},
		{"user/model:Q4", "user/Model:q4"},
		{"registry.ollama.ai/user/model:q4", "user/Model:q4"},
		{"HF.co/bartowski/llama-gguf:q4_k_m", "hf.co/bartowski/Llama-GGUF:Q4_K_M"},
		{"twin", "twin"},
		{"Twin", "Twin"},
		{"TWIN", "twin"},
		{"PLAIN", "plain"},
		{"library/plain", "plain"},
		{"registry.ollama.ai/library/plain:latest", "plain"},
		{"meta-llama/llama-3.1-8b", "meta-llama/Llama-3.1-8B"},
		{"/models/some.gguf", "/models/Some.gguf"},

		{"tinybabble:7b", ""},
		{"llama3.2", ""},
		{"user/tinybabble", ""},
		{"other.example/library/tinybabble", ""},
		{"registry.ollama.ai/tinybabble", ""},
		{"model:q4", ""},
		{"llama-3.1-8b", ""},
		{"tinybabble@nobody", ""},
		{"tiny", ""},
		{"library/", ""},
		{":latest", ""},
	}
	for _, tt := range tests {
		for _, path := range []string{"/v1/chat/completions", "/api/chat"} {
			before := rec.count()
			res, body := fetch(t, g.request("POST", path, chat(tt.asked)))
			if tt.sent == "" {
				if res.StatusCode != 404 || rec.count() != before {
					t.Errorf("%s: %q: status %d: %s", path, tt.asked, res.StatusCode, body)
				}
				continue
			}
			if rec.count() == before {
				t.Errorf("%s: %q: status %d: %s", path, tt.asked, res.StatusCode, body)
				continue
			}
			if _, sent := rec.last(t); bodyModel(t, sent) != tt.sent {
				t.Errorf("%s: %q was sent as %q, want %q", path, tt.asked, bodyModel(t, sent), tt.sent)
			}
		}
	}
}

// TestGuestsLimitHoldsForEachName holds that another spelling is no way around a pass.
func TestGuestsLimitHoldsForEachName(t *testing.T) {
	var rec recorder
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, rec.ServeHTTP, "open:latest", "locked:latest"))
	g.keys.set(testKey, Device{ID: "d1", Pass: &catalog.Pass{Models: []string{"open:latest"}}})
	for _, name := range []string{"locked", "LOCKED", "library/locked", "registry.ollama.ai/library/locked:latest", "Locked@ollama"} {
		if res, body := fetch(t, g.request("POST", "/api/chat", chat(name))); res.StatusCode < 400 || rec.count() != 0 {
			t.Errorf("%q: status %d: %s", name, res.StatusCode, body)
		}
	}
	for _, name := range []string{"OPEN", "library/open"} {
		if res, body := fetch(t, g.request("POST", "/api/chat", chat(name))); res.StatusCode != 200 {
			t.Errorf("%q: status %d: %s", name, res.StatusCode, body)
		}
	}
}
