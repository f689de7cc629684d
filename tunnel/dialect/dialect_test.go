package dialect

import "testing"

func TestOf(t *testing.T) {
	for path, want := range map[string]Dialect{
		"/v1/chat/completions": OpenAI, "/v1/models": OpenAI, "/": OpenAI, "/nothing": OpenAI, "/apiary": OpenAI,
		"/api/chat": Ollama, "/api/nothing": Ollama,
		"/v1/messages": Anthropic, "/v1/messages/count_tokens": Anthropic, "/messages": Anthropic,
	} {
		if got := Of(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
