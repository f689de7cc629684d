package tunnel

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

// impatient makes the gateway speak after a moment of silence.
func impatient(g *Gateway) { g.timing.open, g.timing.ping = 20*time.Millisecond, 20*time.Millisecond }

// readComments reads n comments from a stream.
func readComments(t *testing.T, stream io.Reader, n int) {
	t.Helper()
	got := make([]byte, n*len(comment))
	if _, err := io.ReadFull(stream, got); err != nil || string(got) != strings.Repeat(string(comment), n) {
		t.Fatalf("read %q, %v, want comments", got, err)
	}
}

// afterComments is what is left of a stream without its comments.
func afterComments(t *testing.T, r io.Reader) string {
	t.Helper()
	rest, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("the stream did not end cleanly: %v", err)
	}
	return strings.TrimLeft(strings.ReplaceAll(string(rest), string(comment), ""), "\n")
}

func TestSilentServer(t *testing.T) {
	const event = "data: {\"choices\":[]}\n\n"
	tests := []struct {
		name, path string
		answer     http.HandlerFunc
		want       string // what the rest of the stream has
	}{
		{"then a stream", "/v1/chat/completions", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, event+"data: [DONE]\n\n")
		}, event + "data: [DONE]\n\n"},
		{"then an error", "/v1/chat/completions", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, "{\n \"error\": {\"message\": \"out of memory\"}}")
		}, "data: {\"error\":{\"message\":\"out of memory\"}}\n\n"},
		{"then an error of another shape", "/v1/chat/completions", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "oops", http.StatusInternalServerError)
		}, "returned error 500"},
		{"then an error of null", "/v1/chat/completions", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"error":null}`, http.StatusInternalServerError)
		}, "returned error 500"},
		{"then an answer at once", "/v1/chat/completions", jsonAnswer(`{"id":1}`), "data: {\"id\":1}\n\ndata: [DONE]\n\n"},
		{"then death", "/v1/chat/completions", func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}, "server_broke_off"},
		{"Anthropic, then an error", "/v1/messages", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(529)
			_, _ = io.WriteString(w, `{"type":"error","error":{"type":"overloaded_error"}}`)
		}, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n"},
		{"after hints", "/v1/chat/completions", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, event)
		}, event},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			speak := make(chan struct{})
			g := newRig(t, impatient, upstream(t, "ollama", dialect.OpenAI|dialect.Anthropic, func(w http.ResponseWriter, r *http.Request) {
				<-speak
				tt.answer(w, r)
			}, "tiny"))
			res := do(t, g.request("POST", tt.path, chat("tiny"), "Origin", "null"))
			if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get(allowOrigin) != "*" {
				t.Fatalf("opened with status %d, %v", res.StatusCode, res.Header)
			}
			lines := bufio.NewReader(res.Body)
			readComments(t, lines, 1)
			close(speak)
			if rest := afterComments(t, lines); !strings.Contains(rest, tt.want) {
				t.Errorf("the rest is %q, want %q in it", rest, tt.want)
			}
		})
	}
}

func TestSilenceInAStream(t *testing.T) {
	speak := make(chan struct{})
	const half, whole = "data: 1\n\ndata: {\"a\":", "1}\n\n"
	g := newRig(t, impatient, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, half)
		flush(w)
		<-speak
		_, _ = io.WriteString(w, whole)
	}, "tiny"))
	res := do(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	lines := bufio.NewReader(res.Body)
	for _, want := range []string{"data: 1\n", "\n"} {
		if line, err := lines.ReadString('\n'); err != nil || line != want {
			t.Fatalf("read %q, %v", line, err)
		}
	}
	readComments(t, lines, 1)
	close(speak)
	if rest := afterComments(t, lines); rest != "data: {\"a\":1}\n\n" {
		t.Errorf("the rest is %q: a comment got into an event, or something is missing", rest)
	}
}

func TestNothingIsSaidWhereNobodyWaitsForEvents(t *testing.T) {
	for name, tt := range map[string]struct{ path, body string }{
		"no stream wanted": {"/v1/chat/completions", `{"model":"tiny"}`},
		"NDJSON":           {"/api/chat", chat("tiny")},
		"embeddings":       {"/v1/embeddings", chat("tiny")},
	} {
		g := newRig(t, impatient, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(100 * time.Millisecond) // a silence in which something could be said
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, "no")
		}, "tiny"))
		if res, body := fetch(t, g.request("POST", tt.path, tt.body)); res.StatusCode != 400 || body != "no" {
			t.Errorf("%s: status %d, %q", name, res.StatusCode, body)
		}
	}
}

func TestAnswerInTimeKeepsItsStatus(t *testing.T) {
	g := newRig(t, func(g *Gateway) { g.timing.open = patience }, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "busy", http.StatusServiceUnavailable)
	}, "tiny"))
	if res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"))); res.StatusCode != 503 || body != "busy\n" {
		t.Errorf("status %d, %q", res.StatusCode, body)
	}
}

func TestStreamFieldAtTheEndOfALongBody(t *testing.T) {
	speak := make(chan struct{})
	defer close(speak)
	g := newRig(t, impatient, upstream(t, "ollama", dialect.OpenAI, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-speak
	}, "tiny"))
	body := fmt.Sprintf(`{"model":"tiny","messages":%q,"stream":true}`, strings.Repeat("x", 4*smallBody))
	res := do(t, g.request("POST", "/v1/chat/completions", body))
	readComments(t, bufio.NewReader(res.Body), 1)
}

func TestDisconnectInSilence(t *testing.T) {
	h, began, ended := cancelled(false)
	g := newRig(t, impatient, upstream(t, "ollama", dialect.OpenAI, h, "tiny"))
	res := do(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	await.Done(t, "the server to begin", began)
	g.Disconnect("d1", Removed)
	if code := lastError(t, res); code != "removed" {
		t.Errorf("the stream ended with %q", code)
	}
	await.Done(t, "the server to be told", ended)
}

func TestPhoneThatVanishesInSilence(t *testing.T) {
	h, began, ended := cancelled(true)
	g := newRig(t, impatient, upstream(t, "ollama", dialect.OpenAI, h, "tiny"))
	res := do(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	await.Done(t, "the server to begin", began)
	res.Body.Close()
	await.Done(t, "the server to be told", ended)
	if x := g.seen.ended(t, 1); x.Status != fault.StatusClientGone {
		t.Errorf("Observe got status %d", x.Status)
	}
}
