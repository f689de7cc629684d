// Package demo is the built-in demo model: an OpenAI-compatible server inside this process
// that says plainly that it is a demo. It lets a person scan and chat before they have
// installed anything.
package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode"
)

// Model is the demo's only model, as clients see it.
const Model = "modelbeam-demo"

// pause is between two words of an answer: about as fast as a person reads.
const pause = 40 * time.Millisecond

// Serve answers on l until ctx ends, then closes l.
func Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           handler(),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(l); ctx.Err() == nil {
		return fmt.Errorf("serve the demo model: %w", err)
	}
	return nil
}

func handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", models)
	mux.HandleFunc("POST /v1/chat/completions", chat)
	return mux
}

func models(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{
		"object": "list",
		"data":   []any{map[string]any{"id": Model, "object": "model", "created": 0, "owned_by": "modelbeam"}},
	})
}

type request struct {
	Messages []message `json:"messages"`
	Stream   bool      `json:"stream"`
}

type message struct {
	Role    string          `json:"role"`
	Content json.RawMessage `json:"content"` // a text, or a list of parts
}

// text is what the person wrote, whatever else (photos) came with it.
func (m message) text() string {
	var s string
	if json.Unmarshal(m.Content, &s) == nil {
		return s
	}
	var parts []struct{ Text string }
	_ = json.Unmarshal(m.Content, &parts) // anything else is answered as an empty question
	for _, p := range parts {
		s += p.Text
	}
	return s
}

func chat(w http.ResponseWriter, r *http.Request) {
	var req request
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]any{
			"error": map[string]any{"message": "This is not a chat request: " + err.Error(), "type": "invalid_request_error"},
		})
		return
	}
	asked := question(req.Messages)
	text := answer(asked)
	if req.Stream {
		stream(r.Context(), w, text)
		return
	}
	whole := completion("chat.completion", map[string]any{
		"index": 0, "finish_reason": "stop",
		"message": map[string]any{"role": "assistant", "content": text},
	})
	read, written := len(words(asked)), len(words(text))
	whole["usage"] = map[string]int{
		"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written,
	}
	writeJSON(w, http.StatusOK, whole)
}

// question is the last thing the person wrote.
func question(ms []message) string {
	for i := len(ms) - 1; i >= 0; i-- {
		if ms[i].Role == "user" {
			return ms[i].text()
		}
	}
	return ""
}

// stream sends the answer word by word as server-sent events, as OpenAI does
// (https://platform.openai.com/docs/api-reference/chat-streaming).
func stream(ctx context.Context, w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/event-stream")
	send := func(delta map[string]any, finish any) {
		data, _ := json.Marshal(completion("chat.completion.chunk", map[string]any{
			"index": 0, "delta": delta, "finish_reason": finish,
		}))
		fmt.Fprintf(w, "data: %s\n\n", data)
		_ = http.NewResponseController(w).Flush()
	}
	send(map[string]any{"role": "assistant", "content": ""}, nil)
	for _, word := range words(text) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		send(map[string]any{"content": word}, nil)
	}
	send(map[string]any{}, "stop")
	fmt.Fprint(w, "data: [DONE]\n\n")
}

func completion(object string, choice map[string]any) map[string]any {
	return map[string]any{
		"id": "chatcmpl-demo", "object": object, "created": time.Now().Unix(), "model": Model,
		"choices": []any{choice},
	}
}

// words cuts a text into what a model would call tokens: words with the space before them,
// and single Han characters, which have no spaces between them.
func words(text string) []string {
	var out []string
	for _, r := range text {
		if len(out) == 0 || unicode.IsSpace(r) || unicode.Is(unicode.Han, r) {
			out = append(out, string(r))
			continue
		}
		out[len(out)-1] += string(r)
	}
	return out
}

// answer says what this is and what to do next, in the language of the question.
func answer(question string) string {
	if strings.ContainsFunc(question, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return "你好！连接成功了：手机已经连上这台电脑。我只是 Modelbeam 内置的演示，不是真正的 AI 模型。" +
			"想和真正的模型聊天，请在电脑上安装 Ollama（ollama.com）或 LM Studio（lmstudio.ai），下载一个模型，" +
			"它会自动出现在这里，无需再次扫码。"
	}
	return "Hello! It works: this phone is connected to your computer. I am only the demo that comes with " +
		"Modelbeam, not a real AI model. To chat with a real one, install Ollama (ollama.com) or " +
		"LM Studio (lmstudio.ai) on the computer and download a model. It will appear here automatically, " +
		"with no need to scan again."
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client is gone: nobody to tell
}
