package llm

import (
	"net/url"
	"slices"
	"testing"
)

func TestScanKnowsServers(t *testing.T) {
	for _, tt := range recorded {
		t.Run(tt.file, func(t *testing.T) {
			f := startFake(t, tt.file)
			want := Server{
				Kind: tt.kind, Name: tt.name, URL: f.base(t), Version: tt.version, Dialects: tt.dialects,
				Paths: tt.paths.orUsual(), Models: tt.models, NeedsKey: tt.needsKey,
				Quirks: Quirks{
					NoStream:    slices.Contains(noStream, tt.kind),
					StreamUsage: slices.Contains(streamUsage, tt.kind),
					SchemaOnly:  slices.Contains(schemaOnly, tt.kind),
					Fronts:      slices.Contains(fronts, tt.kind),
					States:      states[tt.kind],
				},
				Loading: tt.file == "llamacpp-loading",
			}
			// At its usual port, and at one that only the nameless kind has.
			for _, usual := range []string{tt.usual, ""} {
				got := at(map[string][]int{usual: {f.port()}}).Scan(t.Context())
				if len(got) != 1 || !got[0].equal(want) {
					t.Errorf("at a port of %q: %+v, want %+v", usual, got, want)
				}
			}
			got, err := Probe(t.Context(), f.base(t), "")
			if err != nil || !got.equal(want) {
				t.Errorf("Probe: %+v, %v; want %+v", got, err, want)
			}
		})
	}
}

// LM Studio shows its user an error for every question that it does not know.
func TestLMStudioHearsOnlyWhatItKnows(t *testing.T) {
	f := startFake(t, "lmstudio")
	at(map[string][]int{"LM Studio": {f.port()}}).Scan(t.Context())
	if want := []string{"/lmstudio-greeting", "/v1/models", "/api/v0/models"}; !slices.Equal(f.requests(), want) {
		t.Errorf("asked for %v, want %v", f.requests(), want)
	}
}

func TestEveryPathIsAskedOnce(t *testing.T) {
	for _, tt := range recorded {
		f := startFake(t, tt.file)
		at(map[string][]int{"": {f.port()}}).Scan(t.Context())
		asked := slices.DeleteFunc(f.requests(), func(path string) bool {
			return path == "/api/show" // once for each model
		})
		slices.Sort(asked)
		if once := slices.Compact(slices.Clone(asked)); len(once) != len(asked) {
			t.Errorf("%s was asked for %v", tt.file, asked)
		}
		for _, header := range f.heard {
			if header.Get("Origin") != "" || header.Get("Authorization") != "" {
				t.Errorf("%s was sent %v", tt.file, header)
			}
		}
	}
}

// A GET is not harmless everywhere: these make some server generate, forget, or end.
func TestNothingWithEffectsIsAsked(t *testing.T) {
	effects := []string{"/health_generate", "/terminate", "/unload", "/flush_cache", "/running", "/slots", "/metrics", "/get_server_info"}
	for _, tt := range recorded {
		f := startFake(t, tt.file)
		at(map[string][]int{"": {f.port()}}).Scan(t.Context())
		for _, path := range f.requests() {
			// LiteLLM's asks all its models something.
			if slices.Contains(effects, path) || path == "/health" && tt.kind == "litellm" {
				t.Errorf("%s was asked for %s", tt.file, path)
			}
		}
	}
}

// What is no LLM server hears only what every server on the web is asked.
func TestQuestionsToOthers(t *testing.T) {
	for _, file := range []string{"webapp", "comfyui", "airtunes", "shop"} {
		f := startFake(t, "decoy-"+file)
		at(map[string][]int{"": {f.port()}}).Scan(t.Context())
		if want := []string{"/", "/v1/models"}; !slices.Equal(f.requests(), want) {
			t.Errorf("%s was asked for %v, want %v", file, f.requests(), want)
		}
	}
}

func TestHostHeader(t *testing.T) {
	for _, tt := range []struct{ base, want string }{
		{"http://127.0.0.1:5000", "127.0.0.1:5000"},
		{"http://[::1]:5000", "localhost:5000"},
		{"http://[fe80::1]:5000", "[fe80::1]:5000"},
		{"https://llm.example", "llm.example"},
	} {
		base, err := url.Parse(tt.base)
		if err != nil {
			t.Fatal(err)
		}
		if got := hostHeader(base); got != tt.want {
			t.Errorf("hostHeader(%s) = %s, want %s", tt.base, got, tt.want)
		}
	}
}

// The rows must stay in the shape that the code relies on.
func TestTable(t *testing.T) {
	kinds := table()
	for _, k := range kinds {
		if k.id == "" || k.name == "" || len(k.ports) == 0 || k.is == nil || k.models == nil || k.dialects == 0 {
			t.Errorf("the row of %q is not complete", k.name)
		}
	}
	for port, first := range map[int]string{11434: "Ollama", 1234: "LM Studio", 8080: "llama.cpp"} {
		if got := kinds[order(kinds, port)[0]].name; got != first {
			t.Errorf("port %d is first asked for %s, want %s", port, got, first)
		}
	}
	if got := order(kinds, 8000); got[len(got)-1] != len(kinds)-1 {
		t.Error("the row that takes everything is not asked last")
	}
}
