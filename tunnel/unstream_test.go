package tunnel

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// streamless is a server that refuses what GPT4All refuses.
func streamless(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var request map[string]any
		if json.Unmarshal(body, &request) != nil || request["stream"] == true || request["stream_options"] != nil || request["model"] != "tiny" {
			http.Error(w, `{"error":{"message":"'stream' is not supported"}}`, http.StatusBadRequest)
			return
		}
		jsonAnswer(answer)(w, r)
	}
}

func TestStreamOfAServerWithoutStreams(t *testing.T) {
	const plain = `{"id":"c1","object":"chat.completion","created":1,"model":"tiny","choices":[{"index":0,"message":{"role":"assistant","content":"Hello",` +
		`"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}`
	const head = `data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"tiny","choices":[`
	const said = head + `{"index":0,"delta":{"content":"Hello","role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{}"},"id":"t","index":0,"type":"function"}]},"finish_reason":null}]}` + "\n\n" +
		head + `{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n"
	const usage = head + `],"usage":{"prompt_tokens":3,"completion_tokens":4}}` + "\n\n"
	const done = "data: [DONE]\n\n"
	photo := strings.Repeat("QUJD", smallBody)
	for _, tt := range []struct {
		name, path, body, answer, kind, want string
	}{
		{"chat", "/v1/chat/completions", `{"model":"tiny","stream":true}`, plain, "text/event-stream", said + done},
		{"usage", "/v1/chat/completions", `{"stream":true,"stream_options":{"include_usage":true},"model":"tiny@gpt4all"}`, plain, "text/event-stream", said + usage + done},
		{"large", "/v1/chat/completions", `{"model":"tiny","x":"` + photo + `","stream":true}`, plain, "text/event-stream", said + done},
		{"no stream wanted", "/v1/chat/completions", `{"model":"tiny","stream":false}`, plain, "application/json", plain},
		{"an error in disguise", "/v1/chat/completions", `{"model":"tiny","stream":true}`, `{"choices":[],"object":"x"}`, "application/json", `{"choices":[],"object":"x"}`},
		{
			"completions", "/v1/completions", `{"model":"tiny","stream":true}`, `{"id":"c1","choices":[{"index":0,"text":"a","finish_reason":"length"}]}`, "text/event-stream",
			`data: {"id":"c1","object":"text_completion","created":0,"model":"","choices":[{"index":0,"text":"a","finish_reason":null}]}` + "\n\n" +
				`data: {"id":"c1","object":"text_completion","created":0,"model":"","choices":[{"index":0,"text":"","finish_reason":"length"}]}` + "\n\n" + done,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := upstream(t, "gpt4all", dialect.OpenAI, streamless(tt.answer), "tiny")
			s.Quirks.NoStream = true
			g := newRig(t, nil, s)
			res, body := fetch(t, g.request("POST", tt.path, tt.body))
			if res.StatusCode != 200 || res.Header.Get("Content-Type") != tt.kind || body != tt.want {
				t.Errorf("status %d, %s:\n%s\nwant\n%s", res.StatusCode, res.Header.Get("Content-Type"), body, tt.want)
			}
			if x := g.seen.ended(t, 1); strings.Contains(tt.answer, "usage") && (x.PromptTokens != 3 || x.Tokens != 4) {
				t.Errorf("%d tokens for %d", x.Tokens, x.PromptTokens)
			}
		})
	}
	s := upstream(t, "gpt4all", dialect.OpenAI, streamless(plain), "tiny")
	s.Quirks.NoStream = true
	g := newRig(t, nil, s)
	res, body := fetch(t, g.request("POST", "/api/chat", `{"model":"tiny","messages":[{"role":"user","content":"hi"}]}`))
	lines := strings.Split(strings.TrimSpace(body), "\n")
	if res.Header.Get("Content-Type") != "application/x-ndjson" || len(lines) != 2 || !strings.Contains(lines[0], "Hello") || !strings.Contains(lines[1], `"done":true`) {
		t.Errorf("an Ollama app gets %d, %s: %s", res.StatusCode, res.Header.Get("Content-Type"), body)
	}
	s.Quirks.NoStream = false
	g.SetServers([]catalog.Server{s})
	if res, _ := fetch(t, g.request("POST", "/v1/chat/completions", `{"model":"tiny","stream":true}`)); res.StatusCode != 400 {
		t.Errorf("without the mark: status %d", res.StatusCode)
	}
}
