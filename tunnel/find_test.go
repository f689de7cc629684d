package tunnel

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/keys"
)

func TestForgivenPaths(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, rec.ServeHTTP, "tiny"))
	tests := map[string]string{
		"/v1/chat/completions":                 "/v1/chat/completions",
		"/v1/v1/chat/completions":              "/v1/chat/completions",
		"/v1/v1/v1/chat/completions":           "/v1/chat/completions",
		"/chat/completions":                    "/v1/chat/completions",
		"/openai/v1/chat/completions":          "/v1/chat/completions",
		"//v1//chat/completions":               "/v1/chat/completions",
		"/v1/chat/completions/":                "/v1/chat/completions",
		"/v1/chat/completions//":               "/v1/chat/completions",
		"/completions":                         "/v1/completions",
		"/embeddings":                          "/v1/embeddings",
		"/responses":                           "/v1/responses",
		"/messages":                            "/v1/messages",
		"/v1/messages/count_tokens":            "/v1/messages/count_tokens",
		"/audio/speech":                        "/v1/audio/speech",
		"/api/chat":                            "/api/chat",
		"/api/api/chat":                        "/api/chat",
		"/v1/api/chat":                         "/api/chat",
		"/api/show":                            "/api/show",
		"/api/v1/chat/completions":             "/v1/chat/completions",
		"/api/v1/v1/responses":                 "/v1/responses",
		"/api/v1/messages":                     "/v1/messages",
		"/api/v1/api/chat":                     "/api/chat",
		"/t/" + testKey + "/v1/embeddings":     "/v1/embeddings",
		"/t/" + testKey + "/api/generate":      "/api/generate",
		"/t/" + testKey + "/chat/completions/": "/v1/chat/completions",
	}
	for path, want := range tests {
		res, body := fetch(t, g.request("POST", path, chat("tiny")))
		if res.StatusCode != 200 {
			t.Errorf("%s: status %d: %s", path, res.StatusCode, body)
			continue
		}
		if r, _ := rec.last(t); r.RequestURI != want {
			t.Errorf("%s reached the server as %s, want %s", path, r.RequestURI, want)
		}
	}
	for _, path := range []string{"/models", "/v1/models/", "/v1/v1/models", "/api/api/tags", "/v1/api/tags", "/api/tags/", "/api/v1/models", "/api/v1/models/tiny"} {
		if res, body := fetch(t, g.request("GET", path, "")); res.StatusCode != 200 || !strings.Contains(body, "tiny") {
			t.Errorf("%s: status %d: %s", path, res.StatusCode, body)
		}
	}
}

// dangerous are functions of servers that load, unload, delete, configure, read files or logs,
// or stop the server.
var dangerous = []string{
	"POST /api/pull", "POST /api/push", "POST /api/create", "POST /api/copy", "POST /api/me", "POST /api/signout",
	"POST /api/blobs/sha256:00", "HEAD /api/blobs/sha256:00", "POST /api/experimental/x", "DELETE /api/delete",
	"DELETE /api/user/keys/x", "POST /api/v1/models/load", "POST /api/v1/models/unload",
	"POST /api/v1/models/download", "GET /api/v1/models/download/status", "POST /api/v1/chat",
	"POST /props", "GET /props", "GET /slots", "POST /slots/0?action=erase", "GET /lora-adapters", "POST /lora-adapters",
	"POST /models", "DELETE /models", "POST /models/load", "POST /models/unload", "GET /cors-proxy", "POST /cors-proxy",
	"GET /tools", "POST /tools", "GET /metrics", "GET /v1/streams", "GET /v1/stream/x", "DELETE /v1/stream/x",
	"POST /v1/chat/completions/control", "POST /predict", "GET /db/chats", "GET /flagz", "GET /slotz",
	"POST /api/admin/reload_config", "POST /api/admin/save_state", "GET /api/admin/list_options",
	"POST /api/extra/abort", "POST /api/extra/shutdown", "POST /api/extra/data/save", "POST /api/extra/websearch",
	"GET /api/extra/generate/check", "POST /sdapi/v1/txt2img", "POST /prompt", "POST /upload/image",
	"POST /v1/internal/model/load", "GET /v1/internal/logits", "POST /v1/load_lora_adapter", "POST /start_profile",
	"POST /sleep", "POST /collective_rpc", "GET /server_info", "POST /reset_prefix_cache", "POST /invocations",
	"GET /flush_cache", "GET /health_generate", "POST /update_weights_from_disk", "GET /get_server_info",
	"GET /terminate", "GET /nodes/terminate_all", "POST /abort_request", "POST /models/apply", "POST /models/delete/x",
	"POST /v1/models/apply", "POST /backend/shutdown", "PUT /models/toggle-state/x", "GET /api/settings",
	"GET /api/traces", "GET /api/p2p/token", "GET /api/cors-proxy", "GET /api/env-dump", "GET /system",
	"DELETE /v1/models/tiny", "DELETE /models/tiny", "DELETE /anthropic/v1/models/tiny", "POST /v1/cache/clear",
	"GET /admin/x", "POST /v1/mcp/execute", "POST /v1/model/load", "POST /v1/model/unload", "POST /v1/download",
	"POST /v1/lora/load", "POST /v1/template/switch", "POST /api/v1/pull", "POST /v1/pull", "POST /v1/load",
	"POST /v1/unload", "POST /v1/delete", "POST /v1/install", "POST /internal/shutdown", "GET /mcp", "POST /mcp",
	"POST /shutdown", "GET /models/load/x", "GET /models/unload/x", "GET /models/loaded", "GET /status",
	"DELETE /v1/responses/x", "GET /v1/responses/x", "GET /openai/load/x", "GET /openai/unload/x", "POST /openai/download",
	"POST /models/create", "POST /engines/unload", "GET /engines/df", "GET /logs", "GET /requests",
	"GET /unload", "GET /running", "GET /logs/stream", "GET /upstream/tiny/", "GET /api/captures/1", "GET /ui/",
	"POST /instance", "DELETE /instance/x", "POST /place_instance", "GET /state", "GET /events",
	"POST /v1/models", "POST /v1/model_registrations/LLM", "POST /v1/files", "GET /v1/files", "POST /v1/batches",
	"POST /afm/launcher/x", "GET /v1/logs", "GET /docs", "GET /openapi.json", "GET /debug/pprof/", "GET /debug/vars",
	"PUT /v1/chat/completions", "PATCH /v1/chat/completions", "DELETE /v1/chat/completions", "GET /v1/chat/completions",
	"TRACE /v1/chat/completions", "PROPFIND /v1/models", "GET /v1/embeddings", "GET /api/chat", "GET /lmstudio-greeting",
}

// trickery are other spellings that a server might take for one of the above, or for a listed
// path where we would not.
var trickery = []string{
	"POST /v1/../api/delete", "POST /v1/./chat/completions", "POST /v1/chat/../../api/pull", "POST /..",
	"POST /v1/%2e%2e/api/delete", "POST /%2e%2e/api/delete", "POST /v1%2fchat%2fcompletions", "POST /v1/chat%2Fcompletions",
	"POST /v1/chat/completions%00", "POST /v1/chat/completions%20", "POST /v1/chat/completions;x", "POST /v1;/chat/completions",
	"POST /V1/chat/completions", "POST /v1/Chat/Completions", "POST /API/chat", "POST /v1/chat/completions%3Fx",
	"POST /v1/chat/completions%23x", "POST /%76%31/chat/completions", "POST /v1\\chat\\completions", "POST /x/v1/chat/completions",
	"POST /v1/x/y/api/admin/save_state", "POST /api/v1/chat/completions/../../delete", "POST /t/" + testKey + "/../api/delete",
	"POST /t/" + testKey + "/t/" + testKey + "/v1/embeddings", "DELETE /api//delete", "DELETE //api/delete", "POST //evil.example/api/pull",
	"POST /openai/api/delete", "POST /openai/openai/v1/pull", "GET /v1/models/../../api/delete", "GET /v1/models/%2e%2e%2f%2e%2e/logs",
	"GET /v1/models/x?action=erase", "GET /translations/../index.html", "GET /translations/%2e%2e/x", "POST /healthz", "POST /",
}

// pulls are spellings of what would have a server download a model. Only who sits at the laptop may.
var pulls = []string{
	"POST /api/pull/", "POST /api/pull?stream=false", "GET /api/pull", "PUT /api/pull", "PATCH /api/pull", "DELETE /api/pull", "POST /API/PULL", "POST /api/Pull",
	"POST /api//pull", "POST //api/pull", "POST /api/./pull", "POST /api/chat/../pull", "POST /api/show/../../api/pull", "POST /api/chat/%2e%2e/pull",
	"POST /api/api/pull", "POST /v1/api/pull", "POST /v1/v1/api/pull", "POST /api/v1/api/pull", "POST /openai/api/pull", "POST /openai/v1/api/pull",
	"POST /ollama/api/pull", "POST /anthropic/api/pull", "POST /x/api/pull",
	"POST /%61pi/pull", "POST /api/%70ull", "POST /api/pul%6C", "POST /api%2fpull", "POST /api%2Fpull", "POST /api/pull%2f", "POST /api/pull%00", "POST /api/pull%20",
	"POST /api/pull%0d%0a", "POST /api/pull;x", "POST /api/pull%3fx", "POST /api/pull%23x", "POST /api\\pull", "POST /api/%2570ull", "POST /api/%c0%afpull",
	"POST /models/pull", "POST /v1/models/pull", "POST /v1/models/download", "POST /api/v0/models/download", "POST /models/add", "POST /models/install",
	"POST /api/models/pull", "POST /api/v1/models/pull", "POST /engines/pull", "POST /v1/pull/", "POST /download", "POST /download/start", "POST /get", "POST /api/get",
	"POST /GetModel", "POST /api/GetModel", "POST /device/GetModel",
}

func TestNothingElseReachesAServer(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, rec.ServeHTTP, "tiny"))
	for _, line := range slices.Concat(dangerous, trickery, pulls) {
		method, path, _ := strings.Cut(line, " ")
		for _, target := range []string{path, "/t/" + testKey + path, "http://" + g.addr + path, "http://evil.example" + path} {
			status := rawStatus(t, g.addr, method, target)
			if status != 404 && status != 405 && status != 403 && status != 400 {
				t.Errorf("%s %s: status %d", method, target, status)
			}
		}
	}
	if rec.count() > 0 {
		r, _ := rec.last(t)
		t.Errorf("%d requests reached the server; the last is %s %s", rec.count(), r.Method, r.RequestURI)
	}
}

// rawStatus sends a request line that http.Client would refuse or change.
func rawStatus(t *testing.T, addr, method, target string) int {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	body := chat("tiny")
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		method, target, addr, testKey, len(body), body)
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	res.Body.Close()
	return res.StatusCode
}

// TestAbsoluteForm is refused only for what is not plain HTTP to this machine.
func TestAbsoluteForm(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	if status := rawStatus(t, g.addr, "POST", "http://"+g.addr+"/v1/chat/completions"); status != 200 {
		t.Errorf("status %d", status)
	}
	if r, _ := rec.last(t); r.RequestURI != "/v1/chat/completions" || r.Host == g.addr {
		t.Errorf("the server was asked for %s of %s", r.RequestURI, r.Host)
	}
	if status := rawStatus(t, g.addr, "POST", "https://"+g.addr+"/v1/chat/completions"); status != 404 || rec.count() != 1 {
		t.Errorf("https: status %d, %d requests reached the server", status, rec.count())
	}
}

func TestUnlistedQueryStaysHere(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Anthropic, rec.ServeHTTP, "tiny"))
	fetch(t, g.request("POST", "/v1/chat/completions?x=/api/admin/save_state&action=erase", chat("tiny")))
	if r, _ := rec.last(t); r.RequestURI != "/v1/chat/completions" {
		t.Errorf("the server saw %s", r.RequestURI)
	}
	fetch(t, g.request("POST", "/v1/messages?beta=true&key="+testKey, chat("tiny")))
	if r, _ := rec.last(t); r.RequestURI != "/v1/messages?beta=true" {
		t.Errorf("the server saw %s", r.RequestURI)
	}
}

func TestWrongMethodAndUnknownPathHelp(t *testing.T) {
	g := newRig(t, nil)
	res, body := fetch(t, g.request("GET", "/v1/chat/completions", ""))
	if res.StatusCode != 405 || res.Header.Get("Allow") != "POST" {
		t.Errorf("status %d, Allow %q: %s", res.StatusCode, res.Header.Get("Allow"), body)
	}
	res, body = fetch(t, g.request("GET", "/v2/x", ""))
	code, message := errorOf(t, body)
	if res.StatusCode != 404 || code != "unknown_path" || !strings.Contains(message, "/v1") {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	if res, _ := fetch(t, g.request("GET", "/v2/x", "", "Authorization", "")); res.StatusCode != 401 {
		t.Errorf("without a key status %d: it tells what exists", res.StatusCode)
	}
}

// FuzzPath holds that whatever path comes, only a listed method and path reach a server.
func FuzzPath(f *testing.F) {
	for _, line := range slices.Concat(dangerous, trickery) {
		_, path, _ := strings.Cut(line, " ")
		f.Add(path)
	}
	f.Add("/v1/chat/completions")
	f.Add("/t/k/v1/v1/models/a%2Fb")
	g := &Gateway{}
	g.Handler()
	f.Fuzz(func(t *testing.T, path string) {
		r := &http.Request{URL: &url.URL{Path: path, RawPath: path}, Header: http.Header{}}
		keys.Take(r)
		clean, model, ok := canonical(r.URL.Path)
		if !ok {
			return
		}
		if model != "" {
			return // looked up in the catalog, never sent
		}
		rt, refusal := g.routes.find(http.MethodPost, clean)
		if rt == nil || refusal != nil {
			return
		}
		if rt.path != clean || strings.ContainsAny(clean, "%;\\?# ") || strings.Contains(clean, "..") || strings.Contains(clean, "//") {
			t.Errorf("%q became %q", path, clean)
		}
	})
}
