package tunnel

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"modelbeam/tunnel/dialect"
)

// everyOrigin is what browsers and app shells send.
var everyOrigin = []string{
	"https://chat.example", "null", "capacitor://localhost", "ionic://localhost", "https://localhost",
	"tauri://localhost", "http://tauri.localhost", "app://obsidian.md", "chrome-extension://abcdef",
}

func TestPreflightNeedsNoKey(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	for _, origin := range append(everyOrigin, "") {
		req := g.request(http.MethodOptions, "/v1/chat/completions", "",
			"Authorization", "", "Access-Control-Request-Method", "POST",
			"Access-Control-Request-Headers", "authorization,content-type,user-agent,x-stainless-os",
			"Access-Control-Request-Private-Network", "true")
		req.Header["Origin"] = []string{origin}
		res, _ := fetch(t, req)
		if res.StatusCode != http.StatusNoContent {
			t.Errorf("origin %q: status %d", origin, res.StatusCode)
		}
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin":          "*",
			"Access-Control-Allow-Methods":         "POST",
			"Access-Control-Allow-Headers":         "authorization,content-type,user-agent,x-stainless-os",
			"Access-Control-Max-Age":               "7200",
			"Access-Control-Allow-Private-Network": "true",
			"Access-Control-Allow-Credentials":     "",
		} {
			if got := strings.Join(res.Header.Values(name), "|"); got != want {
				t.Errorf("origin %q: %s is %q, want %q", origin, name, got, want)
			}
		}
	}
	if rec.count() != 0 {
		t.Errorf("%d preflights reached the server", rec.count())
	}
}

func TestBareOptions(t *testing.T) {
	g := newRig(t, nil)
	res, _ := fetch(t, g.request(http.MethodOptions, "/v1/models", "", "Authorization", ""))
	if res.StatusCode != http.StatusNoContent || !strings.Contains(res.Header.Get("Allow"), "POST") {
		t.Errorf("status %d, Allow %q", res.StatusCode, res.Header.Get("Allow"))
	}
	if res.Header.Get(allowOrigin) != "*" {
		t.Errorf("no CORS on a bare OPTIONS: %v", res.Header)
	}
}

// TestEveryAnswerIsReadable goes through all kinds of failures: without CORS headers a page
// sees a network error instead of the reason.
func TestEveryAnswerIsReadable(t *testing.T) {
	broken := upstream(t, "broken", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		panic(http.ErrAbortHandler)
	}, "broken")
	failing := upstream(t, "failing", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://only.example")
		w.Header().Add("Access-Control-Allow-Origin", "https://other.example")
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		http.Error(w, "no", http.StatusInternalServerError)
	}, "failing")
	dead := httptest.NewServer(nil)
	dead.Close()
	g := newRig(t, func(g *Gateway) { g.MaxBody = 1 << 10 },
		broken, failing, describe(t, "dead", dialect.OpenAI, dead.URL, "dead"))
	tests := []struct {
		name         string
		method, path string
		body         string
		headers      []string
		status       int
	}{
		{"fine", "GET", "/v1/models", "", nil, 200},
		{"no key", "GET", "/v1/models", "", []string{"Authorization", ""}, 401},
		{"wrong host", "GET", "/v1/models", "", []string{"Host", "evil.example"}, 403},
		{"unknown path", "GET", "/v1/nothing", "", nil, 404},
		{"unknown model", "POST", "/v1/chat/completions", chat("unknown"), nil, 404},
		{"wrong method", "DELETE", "/v1/models", "", nil, 405},
		{"method of no list", "PROPFIND", "/v1/models", "", nil, 405},
		{"too large", "POST", "/v1/chat/completions", strings.Repeat(" ", 2<<10), nil, 413},
		{"server says 500", "POST", "/v1/chat/completions", chat("failing"), nil, 500},
		{"server breaks off", "POST", "/v1/chat/completions", chat("broken"), nil, 502},
		{"server is gone", "POST", "/v1/chat/completions", chat("dead"), nil, 502},
	}
	for _, tt := range tests {
		for _, origin := range []string{"https://chat.example", "null", "capacitor://localhost", ""} {
			req := g.request(tt.method, tt.path, tt.body, tt.headers...)
			req.Header["Origin"] = []string{origin}
			res, body := fetch(t, req)
			if res.StatusCode != tt.status {
				t.Errorf("%s: status %d, want %d: %s", tt.name, res.StatusCode, tt.status, body)
			}
			if got := res.Header.Values(allowOrigin); len(got) != 1 || got[0] != "*" {
				t.Errorf("%s, origin %q: %s is %q", tt.name, origin, allowOrigin, got)
			}
			if got := res.Header.Get("Access-Control-Allow-Credentials"); got != "" {
				t.Errorf("%s: credentials %q", tt.name, got)
			}
		}
	}
}

func TestCORSAfterInformationalAnswers(t *testing.T) {
	g := newRig(t, nil, upstream(t, "hints", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.Header().Set("Access-Control-Allow-Origin", "https://server.example")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Del("Link")
		w.Header().Set("Vary", "Accept")
		_, _ = io.WriteString(w, "{}")
	}, "tiny"))
	res, _ := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"), "Origin", "https://chat.example"))
	if got := res.Header.Values(allowOrigin); len(got) != 1 || got[0] != "*" {
		t.Errorf("%s is %q", allowOrigin, got)
	}
	vary := strings.Join(res.Header.Values("Vary"), ", ")
	if !strings.Contains(vary, "Origin") || !strings.Contains(vary, "Accept") {
		t.Errorf("Vary is %q: want ours and the server's", vary)
	}
	if !strings.Contains(res.Header.Get("Access-Control-Expose-Headers"), "Retry-After") {
		t.Errorf("exposed: %q", res.Header.Get("Access-Control-Expose-Headers"))
	}
}

func TestNamedOrigins(t *testing.T) {
	g := newRig(t, func(g *Gateway) {
		g.Origins = []string{"https://chat.example.org", "https://*.apps.example.org"}
	})
	tests := map[string]bool{
		"https://chat.example.org":              true,
		"https://a.apps.example.org":            true,
		"https://a.b.apps.example.org":          true,
		"https://apps.example.org":              false,
		"https://.apps.example.org":             false,
		"https://.a.apps.example.org":           false,
		"https://a.apps.example.org:8443":       false,
		"https://apps.example.org.evil.net":     false,
		"https://a.apps.example.org.evil.net":   false,
		"https://evil.net/.apps.example.org":    false,
		"https://evil.net#x.apps.example.org":   false,
		"https://user@x.apps.example.org":       false,
		"http://a.apps.example.org":             false,
		"https://chat.example.org.evil.net":     false,
		"null":                                  false,
		"":                                      false,
		"http://" + g.addr:                      true, // the connect page itself
		"https://xapps.example.org":             false,
		"HTTPS://CHAT.EXAMPLE.ORG":              true,
		"https://chat.example.org, https://x.y": false,
	}
	for origin, allowed := range tests {
		for _, method := range []string{http.MethodOptions, http.MethodGet} {
			req := g.request(method, "/v1/models", "", "Access-Control-Request-Method", "GET")
			req.Header["Origin"] = []string{origin}
			res, _ := fetch(t, req)
			got := res.Header.Get(allowOrigin)
			if allowed && got != origin || !allowed && got != "" {
				t.Errorf("%s with origin %q: %s is %q, want allowed %v", method, origin, allowOrigin, got, allowed)
			}
		}
	}
}
