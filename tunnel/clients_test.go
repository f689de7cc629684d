package tunnel

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"modelbeam/tunnel/dialect"
)

// clientShape is how a client is known to ask: recorded from its source or its traffic.
type clientShape struct {
	name    string
	method  string
	path    string
	origin  string // of the page or the app's shell; empty for native requests
	headers []string
	body    string
	chunked bool
	want    string // the path at the server; empty when the gateway answers itself
}

const stainless = "X-Stainless-Lang"

var clientShapes = []clientShape{
	{
		name: "openai npm in a browser: models", method: "GET", path: "/v1/models", origin: "https://app.example",
		headers: []string{"Authorization", "Bearer " + testKey, stainless, "js", "X-Stainless-Retry-Count", "0", "Openai-Organization", "x"},
	},
	{
		name: "openai npm in a browser: chat", method: "POST", path: "/v1/chat/completions", origin: "https://app.example",
		headers: []string{"Authorization", "Bearer " + testKey, stainless, "js", "X-Stainless-Helper-Method", "stream"},
		body:    chat("tiny"), want: "/v1/chat/completions",
	},
	{
		name: "ollama npm in a browser: tags", method: "GET", path: "/t/" + testKey + "/api/tags", origin: "null",
		headers: []string{"Content-Type", "application/json", "User-Agent", "ollama-js/0.6.0"},
	},
	{
		name: "ollama npm in a browser: chat", method: "POST", path: "/api/chat", origin: "https://app.example",
		headers: []string{"Authorization", "Bearer " + testKey, "Content-Type", "application/json"},
		body:    chat("tiny"), want: "/api/chat",
	},
	{
		name: "Vercel AI SDK", method: "POST", path: "/v1/chat/completions", origin: "https://app.example",
		headers: []string{"Authorization", "Bearer " + testKey, "User-Agent", "ai-sdk/openai-compatible/2.0.1"},
		body:    chat("tiny"), want: "/v1/chat/completions",
	},
	{
		name: "Anthropic npm in a browser", method: "POST", path: "/v1/messages", origin: "https://app.example",
		headers: []string{"X-Api-Key", testKey, "Anthropic-Version", "2023-06-01", "Anthropic-Dangerous-Direct-Browser-Access", "true"},
		body:    chat("tiny"), want: "/v1/messages",
	},
	{
		name: "Anthropic npm in a browser: models", method: "GET", path: "/v1/models?limit=1000", origin: "https://app.example",
		headers: []string{"X-Api-Key", testKey, "Anthropic-Version", "2023-06-01"},
	},
	{
		name: "Chatbox on iOS, custom provider: models", method: "GET", path: "/v1/models", origin: "capacitor://localhost",
		headers: []string{"Authorization", "Bearer " + testKey, "Content-Type", "application/json"},
	},
	{
		name: "Chatbox on Android with apiPath: models", method: "GET", path: "/models", origin: "https://localhost",
		headers: []string{"Authorization", "Bearer " + testKey, "Content-Type", "application/json"},
	},
	{
		name: "Chatbox, built-in Ollama", method: "POST", path: "/t/" + testKey + "/v1/chat/completions", origin: "https://localhost",
		headers: []string{"Authorization", "Bearer ollama"}, body: chat("tiny"), want: "/v1/chat/completions",
	},
	{
		name: "Chatbox, built-in LM Studio: models", method: "GET", path: "/t/" + testKey + "/v1/models", origin: "https://localhost",
		headers: []string{"Authorization", "Bearer "},
	},
	{
		name: "Chatbox on Android, native: chunked", method: "POST", path: "/v1/chat/completions",
		headers: []string{"Authorization", "Bearer " + testKey, "Accept", "text/event-stream"}, body: chat("tiny"), chunked: true,
		want: "/v1/chat/completions",
	},
	{
		name: "Chatbox of early 2025, address with /api", method: "GET", path: "/t/" + testKey + "/api/api/tags", origin: "capacitor://localhost",
	},
	{
		name: "RikkaHub", method: "POST", path: "/v1/chat/completions",
		headers: []string{"Authorization", "Bearer " + testKey}, body: chat("tiny"), want: "/v1/chat/completions",
	},
	{
		name: "NextChat, address with /v1", method: "POST", path: "/v1/v1/chat/completions", origin: "https://app.nextchat.example",
		headers: []string{"Authorization", "Bearer " + testKey}, body: chat("tiny"), want: "/v1/chat/completions",
	},
	{
		name: "PocketPal", method: "GET", path: "/v1/models", headers: []string{"Authorization", "Bearer " + testKey},
	},
	{
		name: "Reins, no field for a key", method: "POST", path: "/t/" + testKey + "/api/generate",
		body: chat("tiny"), want: "/api/generate",
	},
	{
		name: "Maid, looking for servers", method: "GET", path: "/",
	},
	{
		name: "Ollama app, asking for the server", method: "HEAD", path: "/",
	},
	{
		name: "Azure style", method: "POST", path: "/openai/v1/chat/completions?api-version=preview",
		headers: []string{"Api-Key", testKey}, body: chat("tiny"), want: "/v1/chat/completions",
	},
	{
		name: "curl -u", method: "POST", path: "/v1/embeddings",
		headers: []string{"Authorization", basic("x", testKey)}, body: `{"model":"tiny","input":"a"}`, want: "/v1/embeddings",
	},
	{
		name: "EventSource", method: "GET", path: "/v1/models?key=" + testKey, origin: "https://app.example",
		headers: []string{"Accept", "text/event-stream"},
	},
}

func TestKnownClients(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, rec.ServeHTTP, "tiny"))
	for _, shape := range clientShapes {
		t.Run(shape.name, func(t *testing.T) {
			if shape.origin != "" {
				checkPreflight(t, g, shape)
			}
			before := rec.count()
			req := g.request(shape.method, shape.path, shape.body, append([]string{"Authorization", ""}, shape.headers...)...)
			if shape.origin != "" {
				req.Header.Set("Origin", shape.origin)
			}
			if shape.chunked {
				req.ContentLength, req.Body = -1, io.NopCloser(strings.NewReader(shape.body))
			}
			res, body := fetch(t, req)
			if res.StatusCode != 200 || res.Header.Get(allowOrigin) != "*" {
				t.Fatalf("status %d, %v: %s", res.StatusCode, res.Header, body)
			}
			if shape.want == "" {
				if rec.count() != before {
					t.Error("reached the server")
				}
				return
			}
			r, sent := rec.last(t)
			if r.RequestURI != shape.want || sent != shape.body || r.ContentLength != int64(len(shape.body)) {
				t.Errorf("the server got %s with %d bytes: %q", r.RequestURI, r.ContentLength, sent)
			}
		})
	}
}

func checkPreflight(t *testing.T, g *rig, shape clientShape) {
	t.Helper()
	names := "authorization,content-type,user-agent"
	for i := 0; i < len(shape.headers); i += 2 {
		names += "," + strings.ToLower(shape.headers[i])
	}
	res, _ := fetch(t, g.request("OPTIONS", shape.path, "", "Authorization", "", "Origin", shape.origin,
		"Access-Control-Request-Method", shape.method, "Access-Control-Request-Headers", names))
	if res.StatusCode != http.StatusNoContent || res.Header.Get(allowOrigin) != "*" ||
		res.Header.Get("Access-Control-Allow-Headers") != names || res.Header.Get("Access-Control-Allow-Methods") != shape.method {
		t.Errorf("preflight: status %d, %v", res.StatusCode, res.Header)
	}
}

// TestServerThatCompressesAnyway holds that a compressed stream is passed on byte for byte.
func TestServerThatCompressesAnyway(t *testing.T) {
	g := newRig(t, nil, upstream(t, "localai", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, "data: {}\n\ndata: [DONE]\n\n")
		_ = z.Close()
	}, "tiny"))
	res := do(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(z); err != nil || string(body) != "data: {}\n\ndata: [DONE]\n\n" {
		t.Errorf("unpacked: %q, %v", body, err)
	}
}
