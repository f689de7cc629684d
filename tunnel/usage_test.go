package tunnel

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

func TestTokens(t *testing.T) {
	const chatPath = "/v1/chat/completions"
	event := func(delta string) string {
		return `data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":` + delta + `,"finish_reason":null}]}` + "\n\n"
	}
	words := event(`{"role":"assistant","content":""}`) + event(`{"content":"Hel"}`) + event(`{"content":"\"content\":\"lo"}`)
	const done = "data: [DONE]\n\n"
	const usage = `{"prompt_tokens": 11,"completion_tokens": 7,"total_tokens": 18,"completion_tokens_details":{"reasoning_tokens":5}}`
	line := func(text, rest string) string {
		return `{"model":"tiny","message":{"role":"assistant","content":"` + text + `"},` + rest + "}\n"
	}
	tests := []struct {
		name, path, kind, answer string
		prompt, tokens           int
	}{
		{"counted pieces", chatPath, "text/event-stream", words + done, 0, 2},
		{"spaces", chatPath, "text/event-stream", `data: {"choices": [{"delta": {"content": "a"}}]}` + "\n\n" + done, 0, 1},
		{"CRLF", chatPath, "text/event-stream", strings.ReplaceAll(words+done, "\n", "\r\n"), 0, 2},
		{"no text", chatPath, "text/event-stream", ": ping\n\n" + event(`{"content":null}`) + event(`{}`) + done, 0, 0},
		{"reasoning", chatPath, "text/event-stream", event(`{"content":null,"reasoning_content":"hm"}`) + event(`{"reasoning":"hm"}`) + done, 0, 2},
		{"tool call", chatPath, "text/event-stream", event(`{"tool_calls":[{"index":0,"function":{"arguments":"{\"a"}}]}`) + done, 0, 1},
		{"usage", chatPath, "text/event-stream", words + `data: {"choices":[],"usage":` + usage + "}\n\n" + done, 11, 7},
		{"usage with every piece", chatPath, "text/event-stream", strings.ReplaceAll(words, "}\n\n", `,"usage":{"prompt_tokens":11,"completion_tokens":0}}`+"\n\n") + done, 11, 2},
		{"no end mark", chatPath, "text/event-stream", words + strings.TrimSpace(event(`{"content":"!"}`)), 0, 3},
		{"not streamed", chatPath, "application/json", `{"choices":[{"message":{"content":"Hello"}}],"usage":` + usage + `}`, 11, 7},
		{"not streamed, no usage", chatPath, "application/json", `{"choices":[{"message":{"content":"\"completion_tokens\":9"}}]}`, 0, 0},
		{"completions", "/v1/completions", "text/event-stream", `data: {"choices":[{"text":"a"}]}` + "\n\n" + done, 0, 1},
		{
			"responses", "/v1/responses", "text/event-stream",
			`data: {"type":"response.output_text.delta","delta":"a"}` + "\n\n" + `data: {"type":"response.completed","response":{"max_output_tokens":4096,"usage":{"input_tokens":3,"input_tokens_details":{"cached_tokens":1},"output_tokens":4}}}` + "\n\n", 3, 4,
		},
		{
			"Anthropic", "/v1/messages", "text/event-stream",
			`data: {"type":"message_start","message":{"usage":{"input_tokens":5,"output_tokens":1}}}` + "\n\n" +
				`data: {"type":"content_block_start","content_block":{"type":"text","text":""}}` + "\n\n" +
				strings.Repeat(`data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}`+"\n\n", 3) +
				`data: {"type":"message_delta","usage":{"output_tokens":6}}` + "\n\n" + `data: {"type":"message_stop"}` + "\n\n", 5, 6,
		},
		{"Ollama", "/api/chat", "application/x-ndjson", line("a", `"done":false`) + line("b", `"done":false`) + line("", `"done":true,"prompt_eval_count":4,"eval_count":5`), 4, 5},
		{"Ollama, counted", "/api/chat", "application/x-ndjson", line("a", `"done":false`) + line("", `"done":true`), 0, 1},
		{"Ollama, generate", "/api/generate", "application/x-ndjson", `{"response":"a","done":false}` + "\n" + `{"thinking":"a","response":"","done":false}` + "\n" + `{"response":"","done":true}` + "\n", 0, 2},
		{"Ollama, not streamed", "/api/chat", "application/json", `{"message":{"content":"ab"},"done":true,"prompt_eval_count":4,"eval_count":5}`, 4, 5},
		{"embedding", "/v1/embeddings", "application/json", `{"data":[{"embedding":[` + strings.Repeat("0.125,", 5000) + `1]}],"usage":{"prompt_tokens":8,"total_tokens":8}}`, 8, 0},
		{"Ollama, embed", "/api/embed", "application/json", `{"embeddings":[[1]],"prompt_eval_count":8}`, 8, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.kind)
				for rest := tt.answer; rest != ""; {
					n := min(len(rest), 1000) // cut anywhere
					_, _ = io.WriteString(w, rest[:n])
					flush(w)
					rest = rest[n:]
				}
			}, "tiny"))
			if _, body := fetch(t, g.request("POST", tt.path, chat("tiny"))); body != tt.answer {
				t.Errorf("the answer was changed to %q", body)
			}
			if x := g.seen.ended(t, 1); x.Tokens != tt.tokens || x.PromptTokens != tt.prompt {
				t.Errorf("%d tokens for %d, want %d for %d", x.Tokens, x.PromptTokens, tt.tokens, tt.prompt)
			}
		})
	}
}

func TestTokensOfATranslatedAnswer(t *testing.T) {
	for _, usage := range []string{"", `data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":8}}` + "\n\n"} {
		g := newRig(t, nil, upstream(t, "vllm", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, strings.Repeat(`data: {"choices":[{"delta":{"content":"a"}}]}`+"\n\n", 3)+usage+"data: [DONE]\n\n")
		}, "tiny"))
		fetch(t, g.request("POST", "/api/chat", chat("tiny")))
		want := Exchange{Tokens: 3}
		if usage != "" {
			want = Exchange{PromptTokens: 9, Tokens: 8}
		}
		if x := g.seen.ended(t, 1); x.Tokens != want.Tokens || x.PromptTokens != want.PromptTokens {
			t.Errorf("usage %q: %d tokens for %d", usage, x.Tokens, x.PromptTokens)
		}
	}
}

func TestRunning(t *testing.T) {
	next := make(chan struct{})
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for {
			_, _ = io.WriteString(w, `data: {"choices":[{"delta":{"content":"a"}}]}`+"\n\n")
			flush(w)
			select {
			case <-next:
			case <-r.Context().Done():
				return
			}
		}
	}, "tiny"))
	if running := g.Running(); len(running) != 0 || g.Busy() {
		t.Errorf("before anything: %+v", running)
	}
	res := do(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	events := bufio.NewReader(res.Body)
	for i := 1; i <= 3; i++ {
		_, _ = events.ReadString('\n')
		_, _ = events.ReadString('\n')
		running := g.Running()
		if len(running) != 1 || !g.Busy() || running[0].Tokens != i || running[0].Device.ID != "d1" || running[0].Model != "tiny" ||
			running[0].Server != "ollama" || running[0].Ended || running[0].Status != 200 || running[0].Local.String() != "127.0.0.1" {
			t.Fatalf("after token %d: %+v", i, running)
		}
		if i < 3 {
			next <- struct{}{}
		}
	}
	res.Body.Close() // in the middle of the answer
	if x := g.seen.ended(t, 1); x.Tokens != 3 || x.Status != fault.StatusClientGone {
		t.Errorf("who left had got %d tokens, status %d", x.Tokens, x.Status)
	}
	await.True(t, "nothing to run", func() bool { return len(g.Running()) == 0 })
}
