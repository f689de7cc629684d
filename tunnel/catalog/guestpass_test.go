package catalog

import "testing"

func TestPassNamesModelsAsPeopleDo(t *testing.T) {
	for name, ids := range map[string][2]string{ // allowed, not allowed
		"tiny":            {"tiny:latest", "tiny:7b"},
		"tiny:latest":     {"tiny:latest", "tiny"},
		"tiny@ollama-2":   {"tiny", "tin"},
		"tiny:7b@ollama":  {"tiny:7b", "tiny:latest"},
		"org/m@v2":        {"org/m@v2", "org/m@v3"},
		"@":               {"@", ""},
		"large@lmstudio":  {"large:latest", "large:x"},
		"qwen3:8b@a@b":    {"qwen3:8b@a", "qwen3:8b@b"},
		"mistral.gguf":    {"mistral.gguf", "mistral"},
		"tiny:latest@own": {"tiny:latest", "tiny"},
	} {
		p := &Pass{Models: []string{name}}
		if !p.Allows(&Model{ID: ids[0]}) {
			t.Errorf("%q does not allow %q", name, ids[0])
		}
		if p.Allows(&Model{ID: ids[1]}) {
			t.Errorf("%q allows %q", name, ids[1])
		}
	}
}
