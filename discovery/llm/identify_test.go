package llm

import (
	"net/url"
	"slices"
	"testing"
)

// recorded are the servers in testdata: the row that has their usual port, and what they are.
var recorded = []struct {
	file, usual string
	kind, name  string
	version     string
	dialects    Dialect
	models      []Model
	needsKey    bool
}{
	{
		file: "ollama", usual: "Ollama", kind: "ollama", name: "Ollama", version: "0.6.0", dialects: OpenAI | Ollama | Anthropic,
		models: []Model{
			{ID: "llama3.2:latest", Size: 2019393189, Family: "llama", Parameters: "3.2B", Quantization: "Q4_K_M"},
			{ID: "all-minilm:latest", Size: 45960996, Family: "bert", Parameters: "23M", Quantization: "F16", Embedding: true},
		},
	},
	{
		file: "lmstudio", usual: "LM Studio", kind: "lmstudio", name: "LM Studio", dialects: OpenAI | Anthropic,
		models: []Model{
			{ID: "qwen3-8b", Context: 32768, Family: "qwen3", Quantization: "Q4_K_M"},
			{ID: "text-embedding-nomic-embed-text-v1.5", Context: 2048, Family: "nomic-bert", Quantization: "Q4_0", Embedding: true},
		},
	},
	{
		file: "llamacpp", usual: "llama.cpp", kind: "llamacpp", name: "llama.cpp", dialects: OpenAI | Anthropic,
		models: []Model{{ID: "gemma-3-4b-it-Q4_K_M.gguf", Size: 2489757856, Context: 131072}},
	},
	{file: "llamacpp-loading", usual: "llama.cpp", kind: "llamacpp", name: "llama.cpp", dialects: OpenAI | Anthropic},
	{
		file: "llamafile", usual: "llama.cpp", kind: "llamacpp", name: "llamafile", dialects: OpenAI,
		models: []Model{{ID: "Llama-3.2-1B"}},
	},
	{
		file: "koboldcpp", usual: "KoboldCpp", kind: "openai", name: "KoboldCpp", dialects: OpenAI,
		models: []Model{{ID: "koboldcpp/tinyllama"}},
	},
	{file: "localai", usual: "Ollama", kind: "openai", name: "LocalAI", dialects: OpenAI, models: []Model{{ID: "phi-4"}}},
	{
		file: "lemonade", usual: "Ollama", kind: "openai", name: "Lemonade", dialects: OpenAI,
		models: []Model{{ID: "Qwen3-0.6B-GGUF"}},
	},
	{
		file: "apfel", usual: "Ollama", kind: "openai", name: "Apple Foundation Models", dialects: OpenAI,
		models: []Model{{ID: "apple-foundationmodel"}},
	},
	{
		file: "vllm", usual: "vLLM", kind: "openai", name: "vLLM", dialects: OpenAI,
		models: []Model{{ID: "Qwen/Qwen3-8B", Context: 40960}},
	},
	{file: "vllm-key", usual: "vLLM", kind: "openai", name: "OpenAI-compatible server", dialects: OpenAI, needsKey: true},
	{file: "tabbyapi", usual: "TabbyAPI", kind: "openai", name: "TabbyAPI", dialects: OpenAI, needsKey: true},
	{
		file: "textgen", usual: "TabbyAPI", kind: "openai", name: "text-generation-webui", dialects: OpenAI,
		models: []Model{{ID: "mistral-7b"}},
	},
	{
		file: "mlx", usual: "llama.cpp", kind: "openai", name: "MLX LM", dialects: OpenAI,
		models: []Model{{ID: "mlx-community/Llama-3.2-3B-Instruct-4bit"}},
	},
	{file: "jan", usual: "Jan", kind: "openai", name: "Jan", dialects: OpenAI, models: []Model{{ID: "jan-nano"}}},
	{
		file: "generic", usual: "", kind: "openai", name: "OpenAI-compatible server", dialects: OpenAI,
		models: []Model{{ID: "house-model"}, {ID: "house-embed", Embedding: true}},
	},
	{file: "generic-key", usual: "", kind: "openai", name: "OpenAI-compatible server", dialects: OpenAI, needsKey: true},
}

func TestScanKnowsServers(t *testing.T) {
	for _, tt := range recorded {
		t.Run(tt.file, func(t *testing.T) {
			f := startFake(t, tt.file)
			want := Server{
				Kind: tt.kind, Name: tt.name, URL: f.base(t), Version: tt.version, Dialects: tt.dialects,
				Models: tt.models, NeedsKey: tt.needsKey,
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
		asked := f.requests()
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
