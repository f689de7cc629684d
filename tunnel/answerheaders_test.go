package tunnel

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"modelbeam/tunnel/dialect"
)

// unsafeHeaders are headers by which a server's answer would do something to the gateway's origin, or ask
// for a key there.
var unsafeHeaders = []string{
	"Refresh", "Clear-Site-Data", "Link", "Alt-Svc", "Service-Worker-Allowed", "Set-Cookie", "Location",
	"Www-Authenticate", "Proxy-Authenticate", "Authorization", "Authentication-Info", "Strict-Transport-Security",
	"Content-Security-Policy-Report-Only", "Report-To", "Nel", "Reporting-Endpoints", "Sourcemap", "X-Sourcemap",
	"Public-Key-Pins", "Permissions-Policy", "Origin-Agent-Cluster", "Speculation-Rules", "No-Vary-Search",
	"X-Frame-Options", "X-Xss-Protection", "Content-Location", "P3p", "Accept-Ch", "Critical-Ch", "X-Of-Tomorrow",
}

func TestHeadersOfAnswers(t *testing.T) {
	kept := map[string]string{
		"Retry-After": "7", "X-Request-Id": "r1", "Request-Id": "r2", "X-Ratelimit-Remaining-Tokens": "3", "Cache-Control": "no-cache",
		"Openai-Processing-Ms": "5", "Anthropic-Ratelimit-Requests-Limit": "9", "Content-Disposition": "attachment", "X-Should-Retry": "true",
	}
	for _, kind := range []string{"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "", "application/json", "audio/mpeg", "text/event-stream"} {
		for _, status := range []int{200, 409, 500} {
			g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
				h := w.Header()
				for _, name := range unsafeHeaders {
					h.Set(name, "x")
				}
				for name, value := range kept {
					h.Set(name, value)
				}
				h["Content-Type"] = []string{kind}
				h.Set("Content-Security-Policy", "default-src *; script-src 'unsafe-inline'")
				h.Set("X-Content-Type-Options", "sniff")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, "<script>alert(1)</script>")
			}, "tiny"))
			res, _ := fetch(t, g.request("GET", "/v1/audio/voices?model=tiny", ""))
			for _, name := range unsafeHeaders {
				if got := res.Header.Get(name); got != "" {
					t.Errorf("%s, %d: %s: %s has passed", kind, status, name, got)
				}
			}
			for name, value := range kept {
				if got := res.Header.Get(name); got != value {
					t.Errorf("%s, %d: %s is %q", kind, status, name, got)
				}
			}
			if res.StatusCode != status || res.Header.Get("Content-Type") != kind {
				t.Errorf("status %d, type %q", res.StatusCode, res.Header.Get("Content-Type"))
			}
			checkNoPage(t, kind, res)
		}
	}
}

// What a server does not say of its answer, nobody guesses.
func TestTypeThatWasNotSaid(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil // or the server would guess
		_, _ = io.WriteString(w, "{}")
	}, "tiny"))
	res, body := fetch(t, g.request("POST", "/v1/embeddings", chat("tiny")))
	if kind, said := res.Header["Content-Type"]; said || body != "{}" {
		t.Errorf("the type of %q is %q", body, kind)
	}
}

// checkNoPage holds that an answer is no page of our origin, whatever is in it.
func checkNoPage(t *testing.T, what string, res *http.Response) {
	t.Helper()
	if p := res.Header.Values("Content-Security-Policy"); len(p) != 1 || p[0] != apiPolicy {
		t.Errorf("%s: the policies are %q", what, p)
	}
	if o := res.Header.Get("X-Content-Type-Options"); o != "nosniff" {
		t.Errorf("%s: X-Content-Type-Options %q", what, o)
	}
}

// TestNoAnswerIsAPage holds it for the answers that are our own.
func TestNoAnswerIsAPage(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, quickChat, "tiny"))
	for _, path := range []string{"/v1/models", "/api/tags", "/api/version", "/apps", "/device", "/healthz", "/nothing", "/pair", "/v1/models/<script>"} {
		res, _ := fetch(t, g.request("GET", path, ""))
		checkNoPage(t, path, res)
	}
	res, _ := fetch(t, g.request("GET", "/", "", "Accept", "text/html"))
	if p := res.Header.Get("Content-Security-Policy"); !strings.Contains(p, "script-src") || strings.Contains(p, "sandbox") {
		t.Errorf("the page's policy is %q", p)
	}
}

func TestHeadersOfInformationalAnswers(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range unsafeHeaders {
			w.Header().Set(name, "x")
		}
		w.WriteHeader(http.StatusEarlyHints)
		clear(w.Header())
	}, "tiny"))
	hints := 0
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			hints++
			for _, name := range unsafeHeaders {
				if h.Get(name) != "" {
					t.Errorf("%d: %s has passed", code, name)
				}
			}
			return nil
		},
	})
	for _, path := range []string{"/v1/chat/completions", "/v1/embeddings"} {
		fetch(t, g.request("POST", path, chat("tiny")).WithContext(ctx))
	}
	if hints != 2 {
		t.Errorf("%d hints came", hints)
	}
}

// TestEndlessHints has a server that never comes to its answer.
func TestEndlessHints(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		for err == nil {
			_, err = buf.WriteString("HTTP/1.1 103 Early Hints\r\n\r\n")
		}
	}, "tiny"))
	res, body := fetch(t, g.request("POST", "/v1/embeddings", chat("tiny")))
	refused(t, res, body, 502, "server_broke_off")
}

// TestServersOwnKey holds that a server's wish for a key is told as that, in every dialect, and
// reported.
func TestServersOwnKey(t *testing.T) {
	tests := []struct {
		name, path string
		status     int
		dialects   dialect.Dialect
	}{
		{"OpenAI", "/v1/chat/completions", 401, dialect.OpenAI},
		{"forbidden", "/v1/chat/completions", 403, dialect.OpenAI},
		{"of a proxy", "/v1/embeddings", 407, dialect.OpenAI},
		{"Anthropic", "/v1/messages", 401, dialect.Anthropic},
		{"Ollama", "/api/chat", 401, dialect.Ollama},
		{"Ollama's show", "/api/show", 403, dialect.Ollama},
		{"translated", "/api/chat", 401, dialect.OpenAI},
		{"translated embedding", "/api/embed", 403, dialect.OpenAI},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var mu sync.Mutex
			var reported []string
			g := newRig(t, func(g *Gateway) {
				g.ServerWantsKey = func(id, _ string) {
					mu.Lock()
					defer mu.Unlock()
					reported = append(reported, id)
				}
			}, upstream(t, "ollama", tt.dialects, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("WWW-Authenticate", `Basic realm="llm"`)
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, `{"error":{"message":"Invalid API key sk-secret"}}`)
			}, "tiny"))
			res, body := fetch(t, g.request("POST", tt.path, chat("tiny")))
			if res.StatusCode != 502 || res.Header.Get("WWW-Authenticate") != "" || strings.Contains(body, "sk-secret") {
				t.Errorf("status %d, %v: %s", res.StatusCode, res.Header, body)
			}
			for _, want := range []string{"server_wants_key", "Ollama on Testbook", `"source":"modelbeam"`} {
				if tt.path == "/v1/messages" && want == "server_wants_key" {
					want = "api_error"
				}
				if !strings.Contains(body, want) {
					t.Errorf("%q is not in %s", want, body)
				}
			}
			if g.seen.ended(t, 1); len(reported) != 1 || reported[0] != "ollama" {
				t.Errorf("reported %q", reported)
			}
		})
	}
}

// TestServersOwnKeyInAStream has the server say so when the stream was opened to keep the phone there.
func TestServersOwnKeyInAStream(t *testing.T) {
	speak := make(chan struct{})
	g := newRig(t, impatient, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		<-speak
		w.WriteHeader(http.StatusUnauthorized)
	}, "tiny"))
	res := do(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	lines := bufio.NewReader(res.Body)
	readComments(t, lines, 1)
	close(speak)
	if rest := afterComments(t, lines); !strings.Contains(rest, `"code":"server_wants_key"`) {
		t.Errorf("the stream ends with %q", rest)
	}
}
