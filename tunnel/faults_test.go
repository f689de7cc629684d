package tunnel

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/body"
	"modelbeam/tunnel/dialect"
)

// said returns the words of an error of ours, in whichever dialect.
func said(t *testing.T, body string) (code, message string) {
	t.Helper()
	if strings.HasPrefix(body, `{"code"`) {
		return flatError(t, body)
	}
	return errorOf(t, body)
}

func TestBodiesThatNoServerGets(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, rec.ServeHTTP, "tiny"))
	for _, tt := range []struct {
		body    string
		status  int
		code    string
		message string // a part of it
	}{
		{`{"model":`, 400, "bad_request", "is cut off"},
		{`{"model":"tiny","messages":[`, 400, "bad_request", "is cut off"},
		{`{"model":"tiny","x":"%s`, 400, "bad_request", "is cut off"},
		{`{"model":"tiny","x":"%s","y":{}`, 400, "bad_request", "is cut off"},
		{`{"model":"tiny","mod\el":"tiny"}`, 400, "bad_request", "not a JSON object"},
		{`{"model":"tiny","x":"%s\e"}`, 400, "bad_request", "not a JSON object"},
		{`{"model":"tiny","x":"%s"}}`, 400, "bad_request", "not a JSON object"},
		{`hello`, 400, "bad_request", "not a JSON object"},
		{`{"Model":"tiny"}`, 400, "bad_request", `in "Model". Name it in the field "model", in lower case`},
		{`{"x":"%s","MODEL":"tiny"}`, 400, "bad_request", `in "MODEL"`},
		{`{"model":"tiny","model":"tiny"}`, 400, "bad_request", "more than once"},
		{`{"model":["tiny"]}`, 400, "bad_request", "is not a name"},
		{`{"model":"tiny","x":"%s","models":["a"]}`, 403, "field_not_allowed", `Send it without "models"`},
		{`{"model":"tiny","modelſ":["a"]}`, 403, "field_not_allowed", `Send it without "modelſ"`},
	} {
		for _, path := range []string{"/v1/chat/completions", "/v1/messages", "/v1/embeddings", "/api/chat", "/api/embed"} {
			for _, chunked := range []bool{false, true} {
				text := strings.Replace(tt.body, "%s", strings.Repeat("QUJD", smallBody), 1)
				req := g.request("POST", path, text, "Origin", "https://x.example")
				if chunked {
					req.ContentLength, req.Body = -1, io.NopCloser(strings.NewReader(text))
				}
				res, answer := fetch(t, req)
				code, message := said(t, answer)
				if res.StatusCode != tt.status || code != tt.code || !strings.Contains(message, tt.message) || res.Header.Get(allowOrigin) != "*" {
					t.Errorf("%s with %.80s: status %d: %s", path, tt.body, res.StatusCode, answer)
				}
			}
		}
	}
	if rec.count() > 0 {
		t.Errorf("%d of them reached the server", rec.count())
	}
}

func TestWhatNamesNothingPasses(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, rec.ServeHTTP, "tiny"))
	for _, path := range []string{"/v1/chat/completions", "/v1/messages", "/api/chat"} {
		for body, want := range map[string]string{
			`{"model":null,"messages":[{}]}`:                   `{"model":"tiny","messages":[{}]}`,
			`{"messages":[{}],"model": ""}`:                    `{"messages":[{}],"model": "tiny"}`,
			`{"model":"tiny","models":null,"fallbacks":[]}`:    `{"model":"tiny","models":null,"fallbacks":[]}`,
			`{"user_config":{},"draft_model":"","messages":1}`: `{"model":"tiny","user_config":{},"draft_model":"","messages":1}`,
		} {
			res, answer := fetch(t, g.request("POST", path, body))
			if _, sent := rec.last(t); res.StatusCode != 200 || sent != want {
				t.Errorf("%s: status %d, the server got %s: %s", body, res.StatusCode, sent, answer)
			}
		}
	}
	for _, body := range []string{
		`{"model":"","system":"","options":null,"name":"tiny"}`, `{"model":"tiny","name":""}`, `{"model":null,"name":"tiny"}`, `{"name":"tiny"}`,
	} {
		if res, answer := fetch(t, g.request("POST", "/api/show", body)); res.StatusCode != 200 {
			t.Errorf("show %s: status %d: %s", body, res.StatusCode, answer)
		} else if _, sent := rec.last(t); sent != body {
			t.Errorf("show %s: the server got %s", body, sent)
		}
	}
}

// Who asks a server that is translated for is told the same.
func TestShowByEitherName(t *testing.T) {
	g := newRig(t, nil, upstream(t, "studio", dialect.OpenAI, (&recorder{}).ServeHTTP, "tiny"))
	for body, status := range map[string]int{
		`{"model":"","name":"tiny"}`: 200, `{"model":"tiny","name":""}`: 200, `{"model":null,"name":"tiny:latest"}`: 200,
		`{"model":"","name":""}`: 404, `{"model":"a","name":"tiny"}`: 400,
	} {
		if res, answer := fetch(t, g.request("POST", "/api/show", body)); res.StatusCode != status {
			t.Errorf("%s: status %d: %s", body, res.StatusCode, answer)
		}
	}
}

// compressed is text as clients send it.
func compressed(t *testing.T, encoding, text string) string {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&out)
	if encoding == "zstd" {
		z, err := zstd.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	_, _ = io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPackedBodiesAreUnpacked(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, rec.ServeHTTP, "tiny"))
	long := `{"model":"tiny","x":"` + strings.Repeat("QUJD", smallBody/4) + fmt.Sprint(make([]int, 9)) + `"}`
	form := "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ntiny\r\n--B--\r\n"
	for _, encoding := range []string{"gzip", "zstd", "x-gzip"} {
		for _, tt := range []struct{ path, body, kind string }{
			{"/v1/responses", chat("tiny"), "application/json"},
			{"/api/chat", long, "application/json"},
			{"/v1/audio/transcriptions", form, "multipart/form-data; boundary=B"},
		} {
			packed := compressed(t, encoding, tt.body)
			for _, chunked := range []bool{false, true} {
				req := g.request("POST", tt.path, packed, "Content-Encoding", encoding, "Content-Type", tt.kind)
				if chunked {
					req.ContentLength, req.Body = -1, io.NopCloser(strings.NewReader(packed))
				}
				if res, answer := fetch(t, req); res.StatusCode != 200 {
					t.Fatalf("%s %s: status %d: %s", encoding, tt.path, res.StatusCode, answer)
				}
				r, sent := rec.last(t)
				if sent != tt.body || r.ContentLength != int64(len(tt.body)) || r.Header.Get("Content-Encoding") != "" {
					t.Errorf("%s %s: the server got %d bytes, said to be %d, %v", encoding, tt.path, len(sent), r.ContentLength, r.Header)
				}
			}
		}
	}
}

func TestPackedBodiesThatNoServerGets(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, func(g *Gateway) { g.MaxBody = 2 << 20 }, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	spaces := `{"model":"tiny","x":"` + strings.Repeat(" ", 4<<20) + `"}`
	random := `{"model":"tiny","x":"` + noise(3<<20) + `"}`
	for _, tt := range []struct {
		name, encoding, body string
		status               int
		message              string
	}{
		{"cut", "zstd", compressed(t, "zstd", chat("tiny"))[:20], 400, "not compressed as its Content-Encoding says"},
		{"cut", "gzip", compressed(t, "gzip", chat("tiny"))[:20], 400, "not compressed as its Content-Encoding says"},
		{"none", "zstd", chat("tiny"), 400, "not compressed as its Content-Encoding says"},
		{"empty", "gzip", "", 400, "not compressed as its Content-Encoding says"},
		{"half of JSON", "gzip", compressed(t, "gzip", `{"model":`), 400, "is cut off"},
		{"a hidden model", "zstd", compressed(t, "zstd", `{"model":"tiny","models":["b"]}`), 403, "models"},
		{"bomb", "gzip", compressed(t, "gzip", spaces), 413, "unpacks to an implausible size"},
		{"bomb", "zstd", compressed(t, "zstd", spaces), 413, "unpacks to an implausible size"},
		{"too large unpacked", "gzip", compressed(t, "gzip", random), 413, "the limit is 2 MB"},
		{"two", "gzip, zstd", chat("tiny"), 415, "gzip or zstd alone"},
		{"unknown", "br", chat("tiny"), 415, "gzip or zstd alone"},
		{"unknown", "deflate", chat("tiny"), 415, "turn off the compression of requests"},
	} {
		req := g.request("POST", "/v1/chat/completions", tt.body, "Content-Encoding", tt.encoding)
		res, answer := fetch(t, req)
		if _, message := errorOf(t, answer); res.StatusCode != tt.status || !strings.Contains(message, tt.message) {
			t.Errorf("%s, %s: status %d: %s", tt.name, tt.encoding, res.StatusCode, answer)
		}
		if left := g.room.Taken(); left > 0 {
			await.True(t, "the space to be free again", func() bool { return g.room.Taken() == 0 })
		}
	}
	if rec.count() > 0 {
		t.Errorf("%d of them reached the server", rec.count())
	}
}

// noise is text that can hardly be compressed.
func noise(size int) string {
	text := make([]byte, size)
	seed := uint32(7)
	for i := range text {
		seed = seed*1664525 + 1013904223
		text[i] = 'A' + byte(seed>>24)%50
		if text[i] == '\\' {
			text[i] = 'z'
		}
	}
	return string(text)
}

func TestFormsHaveSentences(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "whisper", dialect.OpenAI|dialect.Ollama, rec.ServeHTTP, "tiny"))
	form := "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ntiny\r\n--B--\r\n"
	for _, tt := range []struct{ path, kind, message string }{
		{"/v1/audio/transcriptions", "multipart/form-data", "where its parts end"},
		{"/v1/audio/transcriptions", "multipart/form-data; boundary=", "where its parts end"},
		{"/v1/audio/transcriptions", "multipart/form-data; boundary=\"a b\"", "where its parts end"},
		{"/v1/audio/transcriptions", "multipart/form-data; boundary=C", "form cannot be read"},
		{"/v1/chat/completions", "multipart/form-data; boundary=B", "takes JSON"},
		{"/v1/responses", "multipart/form-data", "takes JSON"},
	} {
		res, answer := fetch(t, g.request("POST", tt.path, form, "Content-Type", tt.kind))
		if _, message := errorOf(t, answer); res.StatusCode != 400 || !strings.Contains(message, tt.message) {
			t.Errorf("%s as %s: status %d: %s", tt.path, tt.kind, res.StatusCode, answer)
		}
	}
	if rec.count() > 0 {
		t.Error("reached the server")
	}
}

// The type of the body is the gateway's to say, whatever the client strikes off.
func TestContentTypeCannotBeStruckOff(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	raw(t, g.addr, "POST /v1/chat/completions HTTP/1.1\r\nHost: "+g.addr+"\r\nAuthorization: Bearer "+testKey+
		"\r\nConnection: X-Hop, content-type, close\r\nX-Hop: 1\r\nContent-Type: text/plain\r\nContent-Length: 16\r\n\r\n"+`{"model":"tiny"}`)
	r, _ := rec.last(t)
	if r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-Hop") != "" {
		t.Errorf("the server got %v", r.Header)
	}
}

// What all requests together have on the disk is bounded, and what was taken is given back.
func TestNoRoom(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	g.room = body.NewRoom(4 * smallBody) // for one large request
	conn, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /v1/embeddings HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n{\"model\":\"tiny\",\"x\":\"%s",
		g.addr, otherKey, 10<<20, strings.Repeat("x", 3*smallBody))
	await.True(t, "one to take most of the room", func() bool { return g.room.Taken() >= 2*smallBody })
	large := strings.Replace(chat("tiny"), "hi", strings.Repeat("x", 3*smallBody), 1)
	res, answer := fetch(t, g.request("POST", "/v1/chat/completions", large))
	if code, _ := errorOf(t, answer); res.StatusCode != 503 || code != "no_room" || res.Header.Get("Retry-After") == "" {
		t.Errorf("without room: status %d, %v: %s", res.StatusCode, res.Header, answer)
	}
	if res, answer := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"))); res.StatusCode != 200 {
		t.Errorf("a small one, which takes none: status %d: %s", res.StatusCode, answer)
	}
	conn.Close()
	await.True(t, "the room to be free again", func() bool { return g.room.Taken() == 0 })
	if res, answer := fetch(t, g.request("POST", "/v1/chat/completions", large)); res.StatusCode != 200 {
		t.Errorf("with room: status %d: %s", res.StatusCode, answer)
	}
}

func TestNoDisk(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, (&recorder{}).ServeHTTP, "tiny"))
	large := strings.Replace(chat("tiny"), "hi", strings.Repeat("x", 2*smallBody), 1)
	res, answer := fetch(t, g.request("POST", "/v1/chat/completions", large))
	if code, _ := errorOf(t, answer); res.StatusCode != 507 || code != "no_space" {
		t.Errorf("status %d: %s", res.StatusCode, answer)
	}
}
