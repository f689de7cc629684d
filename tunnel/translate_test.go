package tunnel

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

// studioWords is an event of a stream in OpenAI's words.
func studioWords(text string) string {
	return fmt.Sprintf("data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", text)
}

// flatError reads an error of ours in Ollama's shape.
func flatError(t *testing.T, body string) (code, message string) {
	t.Helper()
	var v struct{ Error, Code, Source string }
	if err := json.Unmarshal([]byte(body), &v); err != nil || v.Source != "modelbeam" {
		t.Fatalf("%v: no error of ours in Ollama's shape: %q", err, body)
	}
	return v.Code, v.Error
}

func TestTranslatedTokensArriveOneByOne(t *testing.T) {
	step := make(chan struct{})
	var accept, path string
	s := upstream(t, "studio", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		accept, path = r.Header.Get("Accept"), r.URL.Path
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			_, _ = io.WriteString(w, studioWords(fmt.Sprint(i)))
			flush(w)
			<-step
		}
		_, _ = io.WriteString(w, "data: {\"choices\":[],\"usage\":{\"completion_tokens\":3}}\n\ndata: [DONE]\n\n")
	}, "tiny")
	s.Prefixes.OpenAI = "/api"
	g := newRig(t, nil, s)
	res := do(t, g.request("POST", "/api/chat", chat("tiny"), "Accept", "application/json"))
	if kind := res.Header.Get("Content-Type"); res.StatusCode != 200 || kind != "application/x-ndjson" {
		t.Fatalf("status %d, %s", res.StatusCode, kind)
	}
	lines := bufio.NewReader(res.Body)
	for i := range 3 {
		line, err := lines.ReadString('\n')
		if err != nil || !strings.Contains(line, fmt.Sprintf(`"content":"%d"},"done":false}`, i)) {
			t.Fatalf("token %d is %q, %v", i, line, err)
		}
		step <- struct{}{} // the server goes on only now: nothing can have been held back
	}
	rest, err := io.ReadAll(lines)
	if err != nil || !strings.Contains(string(rest), `"done":true,"done_reason":"stop"`) || !strings.Contains(string(rest), `"eval_count":3`) {
		t.Errorf("the end is %q, %v", rest, err)
	}
	if accept != "text/event-stream" || path != "/api/chat/completions" {
		t.Errorf("the server was asked for %s of %s", accept, path)
	}
	if x := g.seen.ended(t, 1); x.Server != "studio" || x.Model != "tiny" || x.Path != "/api/chat" || x.Status != 200 {
		t.Errorf("Observe got %+v", x)
	}
}

func TestTranslatedStreamThatEndsEarly(t *testing.T) {
	cut := dying("text/event-stream", studioWords("hé"), true)
	half := dying("text/event-stream", studioWords("hé")+"data: {\"cho", false)
	tests := []struct {
		name   string
		answer http.HandlerFunc
		end    func(g *rig)
		code   string
	}{
		{"the server dies", cut, nil, "server_broke_off"},
		{"the server dies in an event", half, nil, "server_broke_off"},
		{"it is no longer shared", nil, func(g *rig) { g.DropServer("studio") }, "server_removed"},
		{"the device is removed", nil, func(g *rig) { g.Disconnect("d1", Removed) }, "removed"},
		{"sharing is paused", nil, func(g *rig) { g.SetPaused(true) }, "paused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer := tt.answer
			if answer == nil {
				answer = func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					w.Header().Set("Content-Type", "text/event-stream")
					_, _ = io.WriteString(w, studioWords("hé"))
					flush(w)
					<-r.Context().Done()
				}
			}
			g := newRig(t, nil, upstream(t, "studio", dialect.OpenAI, answer, "tiny"))
			res := do(t, g.request("POST", "/api/chat", chat("tiny")))
			lines := bufio.NewReader(res.Body)
			if line, err := lines.ReadString('\n'); err != nil || !strings.Contains(line, `"content":"hé"`) {
				t.Fatalf("it begins with %q, %v", line, err)
			}
			if tt.end != nil {
				tt.end(g)
			}
			last, err := io.ReadAll(lines)
			if err != nil {
				t.Fatalf("it did not end cleanly: %v", err)
			}
			if code, _ := flatError(t, string(last)); code != tt.code || strings.Count(string(last), "\n") != 1 {
				t.Errorf("the last line is %s", last)
			}
		})
	}
}

func TestTranslatedFailureKeepsItsStatus(t *testing.T) {
	for _, request := range []string{chat("tiny"), `{"model":"tiny","messages":[{"role":"user","content":"hi"}],"stream":false}`} {
		g := newRig(t, nil, upstream(t, "studio", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"error":{"message":"busy"}}`)
		}, "tiny"))
		res, body := fetch(t, g.request("POST", "/api/chat", request, "Origin", "null"))
		if res.StatusCode != 429 || body != "{\"error\":\"busy\"}\n" || res.Header.Get("Retry-After") != "3" || res.Header.Get(allowOrigin) != "*" {
			t.Errorf("status %d, %v: %q", res.StatusCode, res.Header, body)
		}
	}
}

func TestTranslationThatIsNotPossible(t *testing.T) {
	rec := &recorder{} // answers with JSON that is no chat
	g := newRig(t, func(g *Gateway) { g.MaxBody = 1 << 20 },
		upstream(t, "studio", dialect.OpenAI, rec.ServeHTTP, "tiny"), upstream(t, "second", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	large := strings.Replace(chat("tiny"), "hi", strings.Repeat("x", 2<<20), 1)
	for _, tt := range []struct {
		body   string
		status int
		code   string
		asked  int
	}{
		{`{"model":"tiny","messages":5}`, 400, "bad_request", 0},
		{large, 413, "body_too_large", 0},
		{chat("tiny"), 502, "server_broke_off", 1},
		{chat("gone"), 404, "model_not_found", 0},
	} {
		before := rec.count()
		res, body := fetch(t, g.request("POST", "/api/chat", tt.body))
		if code, _ := flatError(t, body); res.StatusCode != tt.status || code != tt.code || rec.count()-before != tt.asked {
			t.Errorf("%.60s: status %d, asked %d times: %s", tt.body, res.StatusCode, rec.count()-before, body)
		}
	}
}

// Ollama's own API knows no parts, but it has OpenAI's too, which does.
func TestPartsForAServerOfBothAPIs(t *testing.T) {
	rec := &recorder{}
	answer := func(w http.ResponseWriter, r *http.Request) {
		rec.ServeHTTP(discard{w}, r)
		jsonAnswer(`{"choices":[{"message":{"content":"a photo"},"finish_reason":"stop"}]}`)(w, r)
	}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, answer, "tiny"), upstream(t, "kobold", dialect.Ollama, answer, "old"))
	const parts = `"stream":false,"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}`
	res, body := fetch(t, g.request("POST", "/api/chat", `{"model":"tiny",`+parts))
	if r, sent := rec.last(t); res.StatusCode != 200 || r.URL.Path != "/v1/chat/completions" || !strings.Contains(sent, `"content":"hi"`) || !strings.Contains(body, `"message":{"role":"assistant","content":"a photo"}`) {
		t.Errorf("status %d, the server got %s %s: %s", res.StatusCode, r.URL.Path, sent, body)
	}
	fetch(t, g.request("POST", "/api/chat", `{"model":"old",`+parts))
	if r, _ := rec.last(t); r.URL.Path != "/api/chat" {
		t.Errorf("a server that speaks nothing else got %s", r.URL.Path)
	}
	fetch(t, g.request("POST", "/api/chat", chat("tiny")))
	if r, _ := rec.last(t); r.URL.Path != "/api/chat" {
		t.Errorf("a text went to %s", r.URL.Path)
	}
}

func TestLoadingAsksNobody(t *testing.T) {
	g := newRig(t, nil, refusing(t, "studio", "tiny"))
	res, body := fetch(t, g.request("POST", "/api/generate", `{"model":"tiny","keep_alive":"5m"}`))
	if res.StatusCode != 200 || !strings.Contains(body, `"done_reason":"load"`) {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
}

// TestTranslatedPhoto sends a photo in each of the ways that a body can come, and holds that no
// temporary file is left.
func TestTranslatedPhoto(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	photo := base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n" + strings.Repeat("photo", smallBody)))
	request := fmt.Sprintf(`{"model":"tiny:latest","stream":false,"messages":[{"role":"user","content":"what?","images":[%q]}]}`, photo)
	rec := &recorder{}
	answer := func(w http.ResponseWriter, r *http.Request) {
		rec.ServeHTTP(discard{w}, r)
		jsonAnswer(`{"choices":[{"message":{"content":"a photo"},"finish_reason":"stop"}]}`)(w, r)
	}
	for _, chunked := range []bool{false, true} {
		g := newRig(t, nil, upstream(t, "studio", dialect.OpenAI, answer, "tiny"))
		req := g.request("POST", "/api/chat", request)
		if chunked {
			req.ContentLength, req.Body = -1, io.NopCloser(strings.NewReader(request))
		}
		if res, body := fetch(t, req); res.StatusCode != 200 || !strings.Contains(body, `"content":"a photo"`) {
			t.Fatalf("status %d: %s", res.StatusCode, body)
		}
		r, sent := rec.last(t)
		if !strings.Contains(sent, `"data:image/png;base64,`+photo+`"`) || bodyModel(t, sent) != "tiny" || r.ContentLength != int64(len(sent)) {
			t.Errorf("the server got %d bytes, said to be %d: %.200s", len(sent), r.ContentLength, sent)
		}
		g.seen.ended(t, 1)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// discard is for a server that answers otherwise.
type discard struct{ http.ResponseWriter }

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }

// TestTakeoverAcrossDialects lets a server of one API take over from one of the other.
func TestTakeoverAcrossDialects(t *testing.T) {
	ollama, studio := &recorder{}, &recorder{}
	openAI := func(w http.ResponseWriter, r *http.Request) {
		studio.ServeHTTP(discard{w}, r)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, studioWords("hi")+"data: [DONE]\n\n")
	}
	dead := refusing(t, "dead", "tiny")
	resets := breaking(t, "resets", true, "", "tiny")
	native := dead
	native.Dialects = dialect.Ollama | dialect.OpenAI
	large := strings.Replace(chat("tiny"), "hi", strings.Repeat("x", 2*smallBody), 1)
	for _, tt := range []struct {
		name        string
		first, next catalog.Server
		body        string
		server      *recorder
		path        string
	}{
		{"native, then translated", native, upstream(t, "studio", dialect.OpenAI, openAI, "tiny"), chat("tiny"), studio, "/v1/chat/completions"},
		{"native, then translated, a large body", native, upstream(t, "studio", dialect.OpenAI, openAI, "tiny"), large, studio, "/v1/chat/completions"},
		{"translated, then native", resets, upstream(t, "ollama", dialect.Ollama, ollama.ServeHTTP, "tiny"), chat("tiny"), ollama, "/api/chat"},
		{"translated, then native, a large body", resets, upstream(t, "ollama", dialect.Ollama, ollama.ServeHTTP, "tiny"), large, ollama, "/api/chat"},
		{"translated twice", resets, upstream(t, "studio", dialect.OpenAI, openAI, "tiny"), large, studio, "/v1/chat/completions"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newRig(t, nil, tt.first, tt.next)
			if res, body := fetch(t, g.request("POST", "/api/chat", tt.body)); res.StatusCode != 200 {
				t.Fatalf("status %d: %s", res.StatusCode, body)
			}
			r, sent := tt.server.last(t)
			if r.URL.Path != tt.path || bodyModel(t, sent) != "tiny" || r.ContentLength != int64(len(sent)) {
				t.Errorf("the server got %s with %d bytes: %.80s", r.URL.Path, len(sent), sent)
			}
			if x := g.seen.ended(t, 1); x.Server != tt.next.ID {
				t.Errorf("Observe got %+v", x)
			}
		})
	}
}

func TestClientThatLeavesStopsATranslation(t *testing.T) {
	for name, request := range map[string]string{"stream": chat("tiny"), "no stream": `{"model":"tiny","prompt":"p","stream":false}`} {
		h, began, ended := cancelled(false)
		g := newRig(t, nil, upstream(t, "studio", dialect.OpenAI, h, "tiny"))
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-began
			cancel()
		}()
		path := map[string]string{"stream": "/api/chat", "no stream": "/api/generate"}[name]
		if res, err := client.Do(g.request("POST", path, request).WithContext(ctx)); err == nil {
			res.Body.Close()
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
		await.Done(t, "the server to be told", ended)
		if x := g.seen.ended(t, 1); x.Status != fault.StatusClientGone {
			t.Errorf("%s: Observe got status %d", name, x.Status)
		}
	}
}

// A server sends the end of its answer a moment after the end mark. Its connection serves the next request all the same,
// and the client has the last line before.
func TestTranslatedStreamKeepsTheConnection(t *testing.T) {
	var mu sync.Mutex
	conns := make(map[string]bool)
	end := make(chan struct{})
	g := newRig(t, nil, upstream(t, "studio", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		conns[r.RemoteAddr] = true
		mu.Unlock()
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, studioWords("a")+"data: [DONE]\n\n")
		flush(w)
		<-end
	}, "tiny"))
	const times = 10
	for range times {
		res := do(t, g.request("POST", "/api/chat", chat("tiny")))
		lines := bufio.NewReader(res.Body)
		for _, want := range []string{`"content":"a"`, `"done":true`} {
			if line, err := lines.ReadString('\n'); err != nil || !strings.Contains(line, want) {
				t.Fatalf("%q, %v; want %s", line, err, want)
			}
		}
		end <- struct{}{}
		if rest, err := io.ReadAll(lines); len(rest) > 0 || err != nil {
			t.Errorf("behind the last line: %q, %v", rest, err)
		}
	}
	if len(conns) == times { // a machine that is busy may take too long for some
		t.Errorf("%d requests took a connection each", times)
	}
}
