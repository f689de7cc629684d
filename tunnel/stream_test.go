package tunnel

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"modelbeam/tunnel/dialect"
)

func TestTokensArriveOneByOne(t *testing.T) {
	step := make(chan struct{})
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, func(w http.ResponseWriter, r *http.Request) {
		kind, format := "text/event-stream", "data: {\"n\":%d}\n\n"
		if strings.HasPrefix(r.URL.Path, "/api/") {
			kind, format = "application/x-ndjson", "{\"n\":%d}\n"
		}
		w.Header().Set("Content-Type", kind)
		for i := range 3 {
			fmt.Fprintf(w, format, i)
			flush(w)
			<-step
		}
	}, "tiny"))
	for _, path := range []string{"/v1/chat/completions", "/api/chat"} {
		res := do(t, g.request("POST", path, chat("tiny")))
		lines := bufio.NewReader(res.Body)
		for i := range 3 {
			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					t.Fatalf("%s: token %d: %v", path, i, err)
				}
				if strings.TrimSpace(line) == "" {
					continue
				}
				if !strings.Contains(line, fmt.Sprintf(`{"n":%d}`, i)) {
					t.Errorf("%s: token %d is %q", path, i, line)
				}
				break
			}
			step <- struct{}{} // the server goes on only now: nothing can have been held back
		}
		if rest, err := io.ReadAll(lines); err != nil || strings.TrimSpace(string(rest)) != "" {
			t.Errorf("%s: end is %q, %v", path, rest, err)
		}
	}
}

func TestServerDiesMidStream(t *testing.T) {
	const sse, nd = "text/event-stream", "application/x-ndjson"
	const event = "data: {\"choices\":[{\"delta\":{\"content\":\"hé\"}}]}\n\n"
	const finish = "data: {\"choices\":[{\"finish_reason\": \"stop\"}]}\n\n"
	const line = "{\"message\":{\"content\":\"hé\"},\"done\":false}\n"
	tests := []struct {
		name, path, kind, text string
		chunked                bool
		want                   string // what the answer begins with
		failed                 bool
	}{
		{"after an event", "/v1/chat/completions", sse, event, true, event, true},
		{"inside an event", "/v1/chat/completions", sse, event + "data: {\"cho", true, event, true},
		{"inside a character", "/v1/chat/completions", sse, event + "data: {\"h\xc3", true, event, true},
		{"Anthropic", "/v1/messages", sse, "event: message_start\ndata: {}\n\n", true, "event: message_start\ndata: {}\n\n", true},
		{"NDJSON", "/api/chat", nd, line, true, line, true},
		{"NDJSON inside a line", "/api/chat", nd, line + `{"mess`, true, line, true},
		{"no chunks, no end mark", "/v1/chat/completions", sse, event, false, event, true},
		{"no chunks, inside an event", "/v1/chat/completions", sse, event + "data: {", false, event, true},
		{"no chunks, done", "/v1/chat/completions", sse, event + "data: [DONE]\n\n", false, event + "data: [DONE]\n\n", false},
		{"no chunks, done without its last line end", "/v1/chat/completions", sse, event + "data: [DONE]\n", false, event + "data: [DONE]\n", false},
		{"no chunks, finish reason", "/v1/chat/completions", sse, event + finish, false, event + finish, false},
		{"no chunks, null finish reason", "/v1/chat/completions", sse, strings.Replace(finish, `"stop"`, "null", 1), false, "data:", true},
		{"no chunks, NDJSON not done", "/api/chat", nd, line, false, line, true},
		{"no chunks, NDJSON done", "/api/chat", nd, line + "{\"done\":true}\n", false, line + "{\"done\":true}\n", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, dying(tt.kind, tt.text, tt.chunked), "tiny"))
			res, body := fetch(t, g.request("POST", tt.path, chat("tiny"))) // fetch fails unless the end is clean
			if res.StatusCode != 200 || !strings.HasPrefix(body, tt.want) || !utf8.ValidString(body) {
				t.Errorf("status %d, body %q", res.StatusCode, body)
			}
			last := body[min(len(tt.want), len(body)):]
			if failed := strings.Contains(last, "server_broke_off"); failed != tt.failed {
				t.Errorf("told of a failure: %v; the end is %q", failed, last)
			}
			if tt.failed {
				checkLastWords(t, tt.path, last)
			}
		})
	}
}

// checkLastWords holds the shape of an error in a stream.
func checkLastWords(t *testing.T, path, last string) {
	t.Helper()
	prefix, end := "data: {\"error\":{", "}}\n\n"
	switch {
	case strings.HasPrefix(path, "/api/"):
		prefix, end = `{"`, "\"}\n"
	case path == "/v1/messages":
		prefix = "event: error\ndata: {\"error\":{"
		end = "\"type\":\"error\"}\n\n"
	}
	if i := strings.Index(last, prefix); i < 0 || !strings.HasSuffix(last, end) || !strings.Contains(last, `"source":"modelbeam"`) {
		t.Errorf("last words are %q", last)
	}
}

func TestGatewayLivesAfterABrokenStream(t *testing.T) {
	var alive bool
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		if !alive {
			alive = true
			dying("text/event-stream", "data: {}\n\n", true)(w, r)
			return
		}
		jsonAnswer("{}")(w, r)
	}, "tiny"))
	if _, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"))); !strings.Contains(body, "server_broke_off") {
		t.Errorf("the broken stream is %q", body)
	}
	if res, _ := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"))); res.StatusCode != 200 {
		t.Errorf("the next request: status %d", res.StatusCode)
	}
}

func TestPromisedLengthIsNotFilledUp(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"half":`)
		flush(w)
		panic(http.ErrAbortHandler)
	}, "tiny"))
	res := do(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	if _, err := io.ReadAll(res.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("reading half an answer: %v, want an unexpected end", err)
	}
}
