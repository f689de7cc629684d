package tunnel

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"modelbeam/tunnel/dialect"
)

// TestRedirects holds which redirects of a server are followed on it, and that no other one reaches
// the client, who would go round between us and it.
func TestRedirects(t *testing.T) {
	const path = "/v1/chat/completions"
	large := strings.Replace(chat("tiny"), "hi", strings.Repeat("photo ", smallBody), 1)
	tests := []struct {
		name     string
		status   int
		location string // HOST stands for the server's own
		body     string
		followed bool
		says     string // in the sentence, where it is not followed
	}{
		{"to the path with a slash", 307, "http://HOST" + path + "/", "", true, ""},
		{"for good", 308, path + "/", "", true, ""},
		{"below a prefix", 307, "/api" + path, "", true, ""},
		{"with a query", 307, path + "/?a=b", "", true, ""},
		{"relative", 307, "completions/", "", true, ""},
		{"to itself under another name", 307, "http://LOCALHOST" + path + "/", "", true, ""},
		{"to https", 307, "https://HOST" + path, "", false, "https://127.0.0.1:"},
		{"to another port", 308, "http://127.0.0.1:1" + path, "", false, "http://127.0.0.1:1."},
		{"to somebody else", 307, "http://evil.example" + path, "", false, "http://evil.example."},
		{"to the same path", 307, path, "", false, "http://127.0.0.1:"},
		{"as a GET", 302, path + "/", "", false, "http://127.0.0.1:"},
		{"moved", 301, path + "/", "", false, "http://127.0.0.1:"},
		{"see other", 303, "/result", "", false, "http://127.0.0.1:"},
		{"nowhere", 307, "", "", false, "somewhere else"},
		{"nonsense", 307, "http://[::1", "", false, "somewhere else"},
		{"a choice", 300, "/x", "", false, "http://127.0.0.1:"},
		{"with a large body", 307, path + "/", large, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec := &recorder{}
			asked := 0
			g := newRig(t, nil, upstream(t, "vllm", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
				if asked++; r.URL.Path != path {
					rec.ServeHTTP(w, r)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_, port, _ := strings.Cut(r.Host, ":")
				to := strings.NewReplacer("LOCALHOST", "localhost:"+port, "HOST", r.Host).Replace(tt.location)
				w.Header()["Location"] = []string{to}
				w.WriteHeader(tt.status)
			}, "tiny"))
			body := tt.body
			if body == "" {
				body = chat("tiny")
			}
			res, answer := fetch(t, g.request("POST", path, body))
			if res.Header.Get("Location") != "" || asked > 4 {
				t.Errorf("Location %q, the server was asked %d times", res.Header.Get("Location"), asked)
			}
			if !tt.followed {
				refused(t, res, answer, 502, "server_redirects")
				if !strings.Contains(answer, tt.says) {
					t.Errorf("%q is not in %s", tt.says, answer)
				}
				return
			}
			if r, sent := rec.last(t); res.StatusCode != 200 || r.Method != "POST" || sent != body || rec.count() != 1 {
				t.Errorf("status %d %s; the server got %s of %d bytes", res.StatusCode, answer, r.Method, len(sent))
			}
		})
	}
}

// TestRedirectsOfReads holds that a GET may be sent on by any redirect, and keeps the key of its server
// to that.
func TestRedirectsOfReads(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		rec := &recorder{}
		s := upstream(t, "vllm", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/voices" {
				rec.ServeHTTP(w, r)
				return
			}
			http.Redirect(w, r, "/voices", status)
		}, "tiny")
		s.Key = "secret"
		g := newRig(t, nil, s)
		res, body := fetch(t, g.request("GET", "/v1/audio/voices?model=tiny", ""))
		if r, _ := rec.last(t); res.StatusCode != 200 || r.Header.Get("Authorization") != "Bearer secret" {
			t.Errorf("%d: status %d %s, the server got %v", status, res.StatusCode, body, r.Header)
		}
	}
}

// TestTranslatedRedirect has a server of OpenAI's API send a request in Ollama's words elsewhere.
func TestTranslatedRedirect(t *testing.T) {
	s := upstream(t, "vllm", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/") {
			http.Redirect(w, r, r.URL.Path+"/", http.StatusTemporaryRedirect)
			return
		}
		jsonAnswer(`{"choices":[{"message":{"content":"hello"}}]}`)(w, r)
	}, "tiny")
	for _, noStream := range []bool{false, true} {
		s.Quirks.NoStream = noStream
		g := newRig(t, nil, s)
		for _, path := range []string{"/api/chat", "/v1/chat/completions"} {
			if res, body := fetch(t, g.request("POST", path, chat("tiny"))); res.StatusCode != 200 || !strings.Contains(body, "hello") {
				t.Errorf("%s: status %d %s", path, res.StatusCode, body)
			}
		}
	}
}
