package tunnel

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

// digest answers with what it got: the length that was announced, the length and a hash.
func digest(w http.ResponseWriter, r *http.Request) {
	hash := sha256.New()
	n, err := io.Copy(hash, r.Body)
	fmt.Fprintf(w, "%d %d %x %v %v", r.ContentLength, n, hash.Sum(nil), err, r.TransferEncoding)
}

func digestOf(body string) string {
	return fmt.Sprintf("%d %d %x %v %v", len(body), len(body), sha256.Sum256([]byte(body)), nil, []string{})
}

func TestBodiesArriveWhole(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	wrong := upstream(t, "first", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "wrong server", http.StatusTeapot)
	}, "other", "shared")
	g := newRig(t, nil, wrong, upstream(t, "second", dialect.OpenAI, digest, "tiny", "shared"))
	photo := strings.Repeat("QUJD", 400_000)
	shapes := map[string]string{
		"small":            `{"model":"%s","messages":[]}`,
		"big, model first": `{"model":"%s","image":"` + photo + `"}`,
		"big, model last":  `{"image":"` + photo + `","model":"%s"}`,
	}
	for name, shape := range shapes {
		for asked, sent := range map[string]string{"tiny": "tiny", "shared@second": "shared"} {
			body, want := fmt.Sprintf(shape, asked), digestOf(fmt.Sprintf(shape, sent))
			for _, chunked := range []bool{false, true} {
				req := g.request("POST", "/v1/chat/completions", body)
				if chunked {
					req.ContentLength, req.Body = -1, io.NopCloser(strings.NewReader(body))
				}
				if res, got := fetch(t, req); res.StatusCode != 200 || got != want {
					t.Errorf("%s, %s, chunked %v: status %d: server got %q, want %q", name, asked, chunked, res.StatusCode, got, want)
				}
			}
		}
	}
	// The client can have the whole answer before the gateway is done with the request.
	await.True(t, "the temporary files to be removed", func() bool {
		left, err := os.ReadDir(os.Getenv("TMPDIR"))
		return err == nil && len(left) == 0
	})
}

func TestFormBodies(t *testing.T) {
	g := newRig(t, nil,
		upstream(t, "first", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "wrong server", http.StatusTeapot)
		}, "other", "whisper"),
		upstream(t, "second", dialect.OpenAI, digest, "whisper"))
	for _, size := range []int{10, 600_000} {
		form := func(model string) string {
			return "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n" +
				strings.Repeat("\x00\n", size) + "\r\n--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n" + model + "\r\n--B--\r\n"
		}
		req := g.request("POST", "/v1/audio/transcriptions", form("whisper@second"), "Content-Type", "multipart/form-data; boundary=B")
		if res, got := fetch(t, req); res.StatusCode != 200 || got != digestOf(form("whisper")) {
			t.Errorf("%d bytes: status %d: %q", size, res.StatusCode, got)
		}
	}
}

func TestServersOwnToolsAreRefused(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "lmstudio", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, rec.ServeHTTP, "tiny"))
	for _, path := range []string{
		"/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages", "/api/chat", "/api/generate", "/v1/embeddings",
	} {
		for _, wish := range []string{
			`"tools":[{"type":"mcp","server_url":"http://x"}]`, `"mcp_servers":[{"url":"http://x"}]`, `"integrations":["mcp/x"]`,
			`"extra_body":{"tools":[{"type":"mcp"}]}`, `"extra_body":{"integrations":[{"type":"plugin"}]}`,
		} {
			for _, padding := range []string{"", strings.Repeat("x", 2*smallBody)} {
				res, answer := fetch(t, g.request("POST", path, `{"model":"tiny","input":"`+padding+`",`+wish+`}`))
				if res.StatusCode != 403 || !strings.Contains(answer, "MCP tools") {
					t.Errorf("%s with %s: status %d: %s", path, wish, res.StatusCode, answer)
				}
			}
		}
		before := rec.count()
		if res, answer := fetch(t, g.request("POST", path, `{"model":"tiny","tools":[{"type":"function"}],"mcp_servers":[],"integrations":null}`)); res.StatusCode != 200 || rec.count() != before+1 {
			t.Errorf("%s with other tools: status %d: %s", path, res.StatusCode, answer)
		}
	}
}

func TestTooLargeIsSeenAndTheConnectionLives(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, func(g *Gateway) { g.MaxBody = 1 << 20 }, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	for _, chunked := range []bool{false, true} {
		conn, err := net.Dial("tcp", g.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(patience))
		answers := bufio.NewReader(conn)
		head := "POST /v1/chat/completions HTTP/1.1\r\nHost: " + g.addr + "\r\nAuthorization: Bearer " + testKey + "\r\n"
		body := `{"x":"` + strings.Repeat("x", 3<<19)
		if chunked {
			fmt.Fprintf(conn, "%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", head, len(body), body)
		} else {
			fmt.Fprintf(conn, "%sContent-Length: %d\r\n\r\n%s", head, len(body), body)
		}
		// Like a browser: everything has been sent before the answer is read.
		res, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("chunked %v: %v", chunked, err)
		}
		text, err := io.ReadAll(res.Body)
		if code, _ := errorOf(t, string(text)); err != nil || res.StatusCode != 413 || code != "body_too_large" {
			t.Errorf("chunked %v: status %d: %s %v", chunked, res.StatusCode, text, err)
		}
		small := chat("tiny")
		fmt.Fprintf(conn, "%sContent-Length: %d\r\n\r\n%s", head, len(small), small)
		if res, err = http.ReadResponse(answers, nil); err != nil || res.StatusCode != 200 {
			t.Errorf("chunked %v: the next request on the connection: %v %v", chunked, res, err)
		}
	}
	if rec.count() != 2 {
		t.Errorf("%d requests reached the server, want 2", rec.count())
	}
}

// TestRefusalOfAnUploadIsSeen sends everything before it reads, as browsers do.
func TestRefusalOfAnUploadIsSeen(t *testing.T) {
	dead := describe(t, "dead", dialect.OpenAI, "http://127.0.0.1:1", "dead")
	g := newRig(t, nil, dead, upstream(t, "early", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		http.Error(w, "{}", http.StatusBadRequest)
	}, "early"))
	for _, tt := range []struct {
		key, path, model string
		status           int
	}{
		{"wrong", "/v1/embeddings", "early", 401},
		{testKey, "/v1/nothing", "early", 404},
		{testKey, "/v1/embeddings", "unknown", 404},
		{testKey, "/v1/embeddings", "dead", 502},
	} {
		conn, err := net.Dial("tcp", g.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(patience))
		body := fmt.Sprintf(`{"model":%q,"image":%q}`, tt.model, strings.Repeat("x", 10<<20))
		if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s",
			tt.path, g.addr, tt.key, len(body), body); err != nil {
			t.Fatalf("%+v: send: %v", tt, err)
		}
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || res.StatusCode != tt.status {
			t.Errorf("%+v: %v %v", tt, res, err)
		}
	}
}

// TestContinueAfterALongPause runs on a clock of its own: on that of a busy machine a write may begin too late.
func TestContinueAfterALongPause(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.timing.write = 20 * time.Millisecond
		conn := b.connect()
		_ = conn.SetDeadline(time.Now().Add(patience))
		answers := bufio.NewReader(conn)
		const body = `{"model":"tiny"}`
		for range 2 {
			fmt.Fprintf(conn, "POST /v1/embeddings HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", b.addr, testKey, len(body))
			for _, want := range []int{100, 200} {
				res, err := http.ReadResponse(answers, nil)
				if err != nil || res.StatusCode != want {
					t.Fatalf("got %v, %v, want %d", res, err, want)
				}
				_, _ = io.Copy(io.Discard, res.Body)
				if want == 100 {
					_, _ = io.WriteString(conn, body)
				}
			}
			time.Sleep(50 * time.Millisecond) // longer than a write may take
		}
	}, dialect.OpenAI, digest, "tiny")
}

func TestTooLargeWithExpect(t *testing.T) {
	g := newRig(t, func(g *Gateway) { g.MaxBody = 10 })
	res, _ := raw(t, g.addr, "POST /v1/embeddings HTTP/1.1\r\nHost: "+g.addr+"\r\nAuthorization: Bearer "+testKey+
		"\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n")
	if res.StatusCode != 413 {
		t.Errorf("status %d: want 413 without a 100 before it", res.StatusCode)
	}
}

func TestExpectContinue(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, digest, "tiny"))
	for _, size := range []int{10, 2 * smallBody} {
		body := `{"model":"tiny","x":"` + strings.Repeat("x", size) + `"}`
		tr := &http.Transport{ExpectContinueTimeout: patience, DisableKeepAlives: true}
		res, err := tr.RoundTrip(g.request("POST", "/v1/embeddings", body, "Expect", "100-continue", "Origin", "null"))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if string(got) != digestOf(body) || res.Header.Get(allowOrigin) != "*" {
			t.Errorf("%d bytes: %q %v", size, got, res.Header)
		}
	}
}

func TestStalledUploadIsLetGo(t *testing.T) {
	for _, length := range []int{100, 10 << 20} {
		rec := &recorder{}
		g := newRig(t, func(g *Gateway) {
			g.timing.read, g.timing.drain = 30*time.Millisecond, 30*time.Millisecond
		}, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
		conn, err := net.Dial("tcp", g.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST /v1/embeddings HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n{\"model\"", g.addr, testKey, length)
		g.seen.ended(t, 1)
	}
}

func TestClientLeavesMidUpload(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	conn, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /v1/embeddings HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n{\"model\":\"tiny\",\"x\":\"%s",
		g.addr, testKey, 10<<20, strings.Repeat("x", 2*smallBody))
	await.True(t, "the upload to begin", func() bool { return g.room.Taken() > 0 })
	conn.Close()
	if x := g.seen.ended(t, 1); x.Status != fault.StatusClientGone {
		t.Errorf("Observe got status %d", x.Status)
	}
	if rec.count() > 0 || g.room.Taken() > 0 {
		t.Errorf("%d requests reached the server, %d bytes are still kept", rec.count(), g.room.Taken())
	}
}

// TestUploadMemory sends 20 MiB and looks at what is alive meanwhile.
func TestUploadMemory(t *testing.T) {
	const size = 20 << 20
	var peak atomic.Uint64
	var before runtime.MemStats
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		buf := make([]byte, 1<<20)
		for {
			n, err := io.ReadFull(r.Body, buf)
			if n == len(buf) {
				runtime.GC()
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				peak.Store(max(peak.Load(), now.HeapAlloc))
			}
			if err != nil {
				return
			}
		}
	}, "tiny"))
	body := io.MultiReader(strings.NewReader(`{"model":"tiny","x":"`), io.LimitReader(letters{}, size), strings.NewReader(`"}`))
	req := g.request("POST", "/v1/embeddings", "")
	req.Body, req.ContentLength = io.NopCloser(body), size+int64(len(`{"model":"tiny","x":""}`))
	runtime.GC()
	runtime.ReadMemStats(&before)
	if res, _ := fetch(t, req); res.StatusCode != 200 {
		t.Fatalf("status %d", res.StatusCode)
	}
	if grown := int64(peak.Load()) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("memory grew by %d MiB for a body of 20 MiB", grown>>20)
	}
}

// letters never end. They leave no garbage, which would count as ours.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
