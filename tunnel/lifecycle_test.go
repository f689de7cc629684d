package tunnel

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"
)

// lastError reads the rest of a stream and returns the code of the error in it.
func lastError(t *testing.T, res *http.Response) string {
	t.Helper()
	rest, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("the stream did not end cleanly: %v after %q", err, rest)
	}
	i := strings.LastIndex(string(rest), "data: ")
	if i < 0 {
		t.Fatalf("no error in the stream: %q", rest)
	}
	code, _ := errorOf(t, string(rest[i+len("data: "):]))
	return code
}

// openStream begins a chat and returns when its first event has arrived.
func openStream(t *testing.T, g *rig, key string) *http.Response {
	t.Helper()
	res := do(t, g.request("POST", "/v1/chat/completions", chat("tiny"), "Authorization", "Bearer "+key))
	if line, err := bufio.NewReaderSize(res.Body, 16).ReadString('\n'); err != nil || !strings.HasPrefix(line, "data:") {
		t.Fatalf("the stream begins with %q, %v", line, err)
	}
	return res
}

// silent is a server that says one thing and then nothing more until it is cancelled.
func silent(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = io.WriteString(w, "data: {}\n\n")
	flush(w)
	<-r.Context().Done()
}

// stepped is a server that says one thing, waits for step and says the rest.
func stepped(step <-chan struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: {}\n\n")
		flush(w)
		<-step
		_, _ = io.WriteString(w, "data: [DONE]\n\n")
	}
}

func TestDisconnectEndsTheDevicesStreams(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", OpenAI, silent, "tiny"))
	mine, other := openStream(t, g, testKey), openStream(t, g, otherKey)
	began := time.Now()
	g.keys.remove(testKey)
	g.Disconnect("d1")
	if code := lastError(t, mine); code != "removed" {
		t.Errorf("the stream ended with %q", code)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
	if g.Disconnect("d2"); lastError(t, other) != "removed" {
		t.Error("the other device's stream was not open any more")
	}
	if res, _ := fetch(t, g.request("GET", "/v1/models", "")); res.StatusCode != 401 {
		t.Errorf("a removed device got status %d", res.StatusCode)
	}
}

func TestDisconnectWhileTheServerHasNotAnswered(t *testing.T) {
	h, began, ended := cancelled(false)
	g := newRig(t, nil, upstream(t, "ollama", OpenAI, h, "tiny"))
	go func() {
		<-began
		g.Disconnect("d1")
	}()
	res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	if code, _ := errorOf(t, body); res.StatusCode != 401 || code != "removed" {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	waitFor(t, "the server to be told", ended)
}

// flood is a server that sends without end, and counts the events it got rid of.
func flood(sent *atomic.Int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, "data: "+strings.Repeat("x", 8000)+"\n\n"); err != nil {
				return
			}
			sent.Add(1)
		}
	}
}

// stuckStream begins a chat, reads nothing of it and returns when nothing moves any more.
func stuckStream(t *testing.T, g *rig, sent *atomic.Int64) {
	t.Helper()
	conn, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := g.request("POST", "/v1/chat/completions", chat("tiny")).Write(conn); err != nil {
		t.Fatal(err)
	}
	last, still := int64(0), 0
	eventually(t, "the stream to be stuck", func() bool {
		n := sent.Load()
		if still++; n == 0 || n != last {
			last, still = n, 0
		}
		return still > 50 // looks, a millisecond apart
	})
}

func TestDisconnectOfAPhoneThatDoesNotRead(t *testing.T) {
	var sent atomic.Int64
	g := newRig(t, nil, upstream(t, "ollama", OpenAI, flood(&sent), "tiny"))
	stuckStream(t, g, &sent)
	began := time.Now()
	g.Disconnect("d1")
	g.seen.ended(t, 1)
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestKeyRemovedWhileItIsChecked(t *testing.T) {
	g := &Gateway{}
	removed := false
	g.Keys = keyFunc(func(string) (Device, bool) {
		if removed {
			return Device{}, false
		}
		removed = true
		g.Disconnect("d1") // between the check and the request's registration
		return Device{ID: "d1"}, true
	})
	c := &call{keys: []string{testKey}}
	if g.identify(c) {
		t.Error("the request of a device that was just removed went on")
	}
}

type keyFunc func(string) (Device, bool)

func (f keyFunc) Device(key string) (Device, bool) { return f(key) }

func TestPause(t *testing.T) {
	g := newRig(t, func(g *Gateway) {
		g.Pair = func(context.Context, PairRequest) (Paired, error) { return Paired{Key: "k"}, nil }
	}, upstream(t, "ollama", OpenAI|Ollama, silent, "tiny"))
	stream := openStream(t, g, testKey)
	g.SetPaused(true)
	if code := lastError(t, stream); code != "paused" {
		t.Errorf("the stream ended with %q", code)
	}
	for path, status := range map[string]int{"/v1/models": 503, "/api/tags": 503, "/": 200, "/healthz": 200, "/v1/nothing": 404} {
		if res, body := fetch(t, g.request("GET", path, "")); res.StatusCode != status {
			t.Errorf("%s: status %d, want %d: %s", path, res.StatusCode, status, body)
		}
	}
	res, body := fetch(t, g.request("POST", "/pair", `{"code":"x"}`))
	code, message := errorOf(t, body)
	if res.StatusCode != 503 || code != "paused" || !strings.Contains(message, "Press Resume") {
		t.Errorf("/pair: status %d: %s", res.StatusCode, body)
	}
	g.SetPaused(false)
	openStream(t, g, testKey)
}

func TestServeEnds(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", OpenAI, silent, "tiny"))
	stream := openStream(t, g, testKey)
	idle, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	began := time.Now()
	g.stop()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("Serve took %v to end", took)
	}
	if code := lastError(t, stream); code != "stopped" {
		t.Errorf("the stream ended with %q", code)
	}
	if _, err := net.Dial("tcp", g.addr); err == nil {
		t.Error("the listener is still open")
	}
}

func TestServeEndsWithAPhoneThatDoesNotRead(t *testing.T) {
	var sent atomic.Int64
	g := newRig(t, func(g *Gateway) { g.timing.stop = 100 * time.Millisecond },
		upstream(t, "ollama", OpenAI, flood(&sent), "tiny"))
	stuckStream(t, g, &sent)
	g.stop()
	g.seen.ended(t, 1)
}

func TestServeTwiceInARow(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", OpenAI, jsonAnswer("{}"), "tiny"))
	g.stop()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- g.Serve(ctx, l) }()
	g.url = "http://" + l.Addr().String()
	if res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"))); res.StatusCode != 200 {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeReportsABrokenListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := (&Gateway{}).Serve(t.Context(), l); err == nil || !strings.Contains(err.Error(), "serve 127.0.0.1") {
		t.Errorf("Serve of a closed listener: %v", err)
	}
}

func TestObserve(t *testing.T) {
	step := make(chan struct{})
	g := newRig(t, nil, upstream(t, "ollama", OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		<-step
		_, _ = io.WriteString(w, "12345")
	}, "tiny"))
	go func() {
		eventually(t, "the begin", func() bool { return len(g.seen.list()) == 1 })
		close(step)
	}()
	fetch(t, g.request("POST", "/t/"+testKey+"/chat/completions/", chat("tiny")))
	g.seen.ended(t, 1)
	all := g.seen.list()
	if len(all) != 2 {
		t.Fatalf("Observe got %+v", all)
	}
	for i, x := range all {
		if x.Path != "/v1/chat/completions" || x.Method != "POST" || x.Device.Name != "Phone" || x.Server != "ollama" ||
			x.Model != "tiny" || x.ID == 0 || x.ID != all[0].ID || x.Time.IsZero() || x.Ended != (i == 1) || !x.Remote.IsLoopback() {
			t.Errorf("Observe got %+v", x)
		}
	}
	if all[1].Status != 200 || all[1].Bytes != 5 || all[1].Duration <= 0 {
		t.Errorf("at the end Observe got %+v", all[1])
	}
	for _, quiet := range []string{"/", "/healthz"} {
		fetch(t, g.request("GET", quiet, ""))
	}
	fetch(t, g.request("OPTIONS", "/v1/models", ""))
	fetch(t, g.request("GET", "/v1/models", "", "Authorization", "Bearer wrong"))
	if x := g.seen.ended(t, 2); x.Status != 401 || x.Device != (Device{}) || x.Path != "/v1/models" {
		t.Errorf("for a wrong key Observe got %+v", x)
	}
}

func pairWith(err error) func(*Gateway) {
	return func(g *Gateway) {
		g.Pair = func(_ context.Context, r PairRequest) (Paired, error) {
			if err != nil {
				return Paired{}, err
			}
			return Paired{Key: "mb_new", Device: Device{ID: "d9", Name: r.Name + "/" + r.Code + "/" + r.UserAgent}, URLs: []string{"http://10.0.0.1:8717"}}, nil
		}
	}
}

func TestPair(t *testing.T) {
	g := newRig(t, pairWith(nil), describe(t, "ollama", OpenAI, "http://127.0.0.1:1", "tiny"))
	_, body := fetch(t, g.request("POST", "/pair", `{"code":"7KQ2M9XF","device":{"name":" iPhone "}}`, "Authorization", "", "User-Agent", "UA"))
	var got struct {
		Key, Name    string
		Device       Device
		URLs, Models []string
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if got.Key != "mb_new" || got.Name != "Testbook" || got.Device != (Device{"d9", "iPhone/7KQ2M9XF/UA"}) ||
		len(got.URLs) != 1 || len(got.Models) != 1 || got.Models[0] != "tiny" {
		t.Errorf("paired: %s", body)
	}
	if x := g.seen.ended(t, 1); x.Path != "/pair" || x.Device.ID != "d9" {
		t.Errorf("Observe got %+v", x)
	}
	for _, bad := range []string{"", "{", `{}`, `{"code":" "}`, `{"code":1}`, `[]`, `{"code":"` + strings.Repeat("x", maxPairBody) + `"}`} {
		if res, body := fetch(t, g.request("POST", "/pair", bad)); res.StatusCode != 400 {
			t.Errorf("%.40q: status %d: %s", bad, res.StatusCode, body)
		}
	}
}

func TestPairFailures(t *testing.T) {
	for _, tt := range []struct {
		err    error
		status int
		code   string
	}{
		{ErrCodeWrong, 401, "code_wrong"},
		{ErrCodeUsed, 410, "code_used"},
		{ErrTooManyTries, 429, "too_many_tries"},
		{io.ErrClosedPipe, 500, "internal_error"},
	} {
		g := newRig(t, pairWith(tt.err))
		res, body := fetch(t, g.request("POST", "/pair", `{"code":"x"}`))
		if code, _ := errorOf(t, body); res.StatusCode != tt.status || code != tt.code {
			t.Errorf("%v: status %d: %s", tt.err, res.StatusCode, body)
		}
	}
}

func TestWrongCodesAreLimited(t *testing.T) {
	tries := 0
	g := newRig(t, func(g *Gateway) {
		g.Pair = func(context.Context, PairRequest) (Paired, error) {
			tries++
			return Paired{}, ErrCodeWrong
		}
	})
	for range 2 * triesAMinute {
		fetch(t, g.request("GET", "/v1/models", "", "Authorization", "Bearer wrong")) // must not count here
	}
	for range triesAMinute {
		if res, _ := fetch(t, g.request("POST", "/pair", `{"code":"x"}`)); res.StatusCode != 401 {
			t.Fatalf("status %d", res.StatusCode)
		}
	}
	res, _ := fetch(t, g.request("POST", "/pair", `{"code":"x"}`))
	if res.StatusCode != 429 || res.Header.Get("Retry-After") == "" || tries != triesAMinute {
		t.Errorf("status %d after %d codes were looked at", res.StatusCode, tries)
	}
}

func TestPage(t *testing.T) {
	g := newRig(t, nil)
	res, body := fetch(t, g.request("GET", "/", "", "Accept", "text/html,*/*", "Authorization", ""))
	if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") || !strings.Contains(strings.ToLower(body), "<!doctype html>") {
		t.Errorf("status %d, %v: %.80s", res.StatusCode, res.Header, body)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cache-Control": "no-cache",
	} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	policy := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "connect-src 'self'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy is %q", policy)
	}
	again, _ := fetch(t, g.request("GET", "/", "", "Accept", "text/html", "If-None-Match", res.Header.Get("ETag")))
	if again.StatusCode != 304 {
		t.Errorf("the same page again: status %d", again.StatusCode)
	}
	head, body := fetch(t, g.request("HEAD", "/", "", "Accept", "text/html", "Authorization", ""))
	if head.StatusCode != 200 || head.ContentLength != res.ContentLength || body != "" {
		t.Errorf("HEAD: status %d, length %d, want %d", head.StatusCode, head.ContentLength, res.ContentLength)
	}
	for _, path := range []string{"/", "/t/" + testKey, "/t/" + testKey + "/"} {
		_, body := fetch(t, g.request("GET", path, "", "Authorization", ""))
		if !strings.Contains(body, `"product":"Modelbeam"`) || strings.Count(body, "\n") != 1 {
			t.Errorf("%s for an app: %q", path, body)
		}
	}
	for _, lang := range []string{"en", "zh"} {
		res, body := fetch(t, g.request("GET", "/translations/"+lang+".json", "", "Authorization", ""))
		if res.StatusCode != 200 || !json.Valid([]byte(body)) || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: status %d, %s", lang, res.StatusCode, body)
		}
	}
	if _, body := fetch(t, g.request("GET", "/healthz", "", "Authorization", "")); strings.TrimSpace(body) != `{"ok":true,"name":"Testbook","id":"install-1"}` {
		t.Errorf("healthz: %s", body)
	}
}

func TestOnlyTheProbeMayBeFramed(t *testing.T) {
	g := &Gateway{}
	files := fstest.MapFS{"index.html": {}, framedFile: {}, "deep/" + framedFile: {}}
	for _, rt := range g.fileRoutes("/", files) {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", rt.path, nil)
		r.Header.Set("Accept", "text/html")
		rt.serve(w, r)
		framed := rt.path == "/"+framedFile
		policy := w.Header().Get("Content-Security-Policy")
		if strings.Contains(policy, "frame-ancestors 'self'") != framed || (w.Header().Get("X-Frame-Options") == "DENY") == framed {
			t.Errorf("%s: %v", rt.path, w.Header())
		}
	}
}
