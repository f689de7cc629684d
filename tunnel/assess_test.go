package tunnel

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

func TestServerWithoutThePath(t *testing.T) {
	for _, tt := range []struct {
		name, path, kind, answer string
		status                   int
		lacks                    bool
		says                     string // of the server's words, in ours
	}{
		{"Go's", "/v1/responses", "text/plain", "404 page not found\n", 404, true, ""},
		{"nothing", "/v1/messages", "", "", 404, true, ""},
		{"llama.cpp's", "/v1/rerank", "application/json", `{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}`, 404, true, ""},
		{"FastAPI's", "/v1/audio/speech", "application/json", `{"detail":"Not Found"}`, 404, true, ""},
		{"FastAPI's list", "/v1/completions", "application/json", `{"detail":[{"msg":"x"}]}`, 405, true, ""},
		{"Express's", "/v1/responses", "text/html", `<pre>Cannot POST /v1/responses</pre>`, 404, true, ""},
		{"not allowed", "/v1/images/edits", "application/json", `{"error":"Method Not Allowed"}`, 405, true, ""},
		{"not implemented", "/v1/completions", "application/json", `{"error":"Not Implemented"}`, 501, true, ""},
		{"with advice", "/v1/embeddings", "application/json", `{"error":{"message":"This server does not support embeddings. Start it with ` + "`--embeddings`" + `"}}`, 501, true, "Start it with `--embeddings`"},
		{"LM Studio's, with 200", "/v1/rerank", "application/json", `{"error":"Unexpected endpoint or method. (POST /v1/rerank)"}`, 200, true, ""},
		{"about a model", "/v1/chat/completions", "application/json", `{"error":{"message":"The model 'x' does not exist"}}`, 404, false, ""},
		{"about this one", "/v1/chat/completions", "application/json", `{"error":"tiny not found, try pulling it first"}`, 404, false, ""},
		{"vLLM's", "/v1/completions", "application/json", `{"object":"error","message":"The model x does not exist.","code":404}`, 404, false, ""},
		{"Ollama's, native", "/api/embed", "text/plain", "404 page not found", 404, true, ""},
		{"Ollama's, about a model", "/api/chat", "application/json", `{"error":"model 'tiny' not found"}`, 404, false, ""},
		{"another failure", "/v1/responses", "application/json", `{"error":{"message":"broken"}}`, 500, false, ""},
		{"a bad gateway of its own", "/v1/responses", "application/json", `{"error":{"message":"broken"}}`, 502, false, ""},
		{"a bad request", "/v1/responses", "text/plain", `no`, 400, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := upstream(t, "ollama", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				if tt.kind != "" {
					w.Header().Set("Content-Type", tt.kind)
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.answer)
			}, "tiny")
			s.Version = "0.6.0"
			g := newRig(t, nil, s)
			for _, streams := range []string{"", `"stream":true,`} {
				res, body := fetch(t, g.request("POST", tt.path, `{"model":"tiny",`+streams+`"input":"hi","prompt":"hi","messages":[{}]}`, "Origin", "https://x.example"))
				if !tt.lacks {
					if body != tt.answer || res.StatusCode != tt.status {
						t.Errorf("status %d: %s", res.StatusCode, body)
					}
					continue
				}
				code, message := said(t, body)
				if res.StatusCode != 404 || code != "path_not_supported" || res.Header.Get(allowOrigin) != "*" {
					t.Errorf("status %d: %s", res.StatusCode, body)
				}
				for _, want := range []string{"Ollama 0.6.0 on Testbook", tt.path, "Chat Completions", "update Ollama", tt.says} {
					if !strings.Contains(message, want) {
						t.Errorf("%q is not in %q", want, message)
					}
				}
				if tt.says == "" && strings.Contains(message, "It says") {
					t.Errorf("it repeats what says nothing: %s", message)
				}
			}
		})
	}
}

// What was asked in Ollama's words of a server of OpenAI's API is told in Ollama's.
func TestTranslatedServerWithoutThePath(t *testing.T) {
	g := newRig(t, nil, upstream(t, "studio", dialect.OpenAI, http.NotFound, "tiny"))
	res, body := fetch(t, g.request("POST", "/api/embed", `{"model":"tiny","input":"a"}`))
	if code, message := flatError(t, body); res.StatusCode != 404 || code != "path_not_supported" || !strings.Contains(message, "/api/embed") {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
}

func TestModelsAreKeptAtTheLaptop(t *testing.T) {
	ollama := describe(t, "ollama", dialect.Ollama, "http://127.0.0.1:1", "tiny")
	studio := describe(t, "studio", dialect.OpenAI, "http://127.0.0.1:1", "big")
	for _, tt := range []struct {
		method, path string
		servers      []catalog.Server
		want         string
	}{
		{"POST", "/api/pull", []catalog.Server{studio, ollama}, `Models can only be downloaded on Testbook itself: run "ollama pull NAME" there.`},
		{"POST", "/api/pull/", []catalog.Server{studio}, `Models can only be downloaded on Testbook itself: use the AI app there, which is Studio.`},
		{"POST", "/api/api/pull", nil, `Models can only be downloaded on Testbook itself: start Ollama, LM Studio or another AI app there.`},
		{"POST", "/api/push", []catalog.Server{ollama}, `"ollama push NAME"`},
		{"POST", "/api/create", []catalog.Server{ollama}, `"ollama create NAME"`},
		{"POST", "/api/blobs/sha256-00", []catalog.Server{ollama}, `"ollama create NAME"`},
		{"POST", "/api/copy", []catalog.Server{ollama}, `"ollama cp NAME COPY"`},
		{"DELETE", "/api/delete", []catalog.Server{ollama}, `"ollama rm NAME"`},
		{"GET", "/api/nothing", []catalog.Server{ollama}, "Of Ollama's API it has tags, chat"},
		{"GET", "/nothing", []catalog.Server{ollama}, "ends in /v1"},
	} {
		g := newRig(t, nil, tt.servers...)
		res, body := fetch(t, g.request(tt.method, tt.path, "{}", "Origin", "https://x.example"))
		if _, message := said(t, body); res.StatusCode != 404 || !strings.Contains(message, tt.want) || res.Header.Get(allowOrigin) != "*" {
			t.Errorf("%s: status %d: %s", tt.path, res.StatusCode, body)
		}
		if res, body := fetch(t, g.request(tt.method, tt.path, "{}", "Authorization", "")); res.StatusCode != 401 {
			t.Errorf("%s without a key: status %d: %s", tt.path, res.StatusCode, body)
		}
	}
}

func TestUnknownModelNamesWhatThereIs(t *testing.T) {
	for want, models := range map[string][]string{
		`Load one there first.`:                         nil,
		`The only one there is "a".`:                    {"a"},
		`Choose one of "a" or "b".`:                     {"a", "b"},
		`Choose one of "a", "b", "c" or "d".`:           {"a", "b", "c", "d"},
		`Choose one of "a", "b", "c", or another model`: {"a", "b", "c", "d", "e"},
	} {
		g := newRig(t, nil, describe(t, "ollama", dialect.OpenAI|dialect.Ollama, "http://127.0.0.1:1", models...))
		for _, path := range []string{"/v1/chat/completions", "/api/chat", "/api/show"} {
			res, body := fetch(t, g.request("POST", path, chat("x")))
			if _, message := said(t, body); res.StatusCode != 404 || !strings.Contains(message, `There is no model "x" on Testbook. `+want) {
				t.Errorf("%s with %q: status %d: %s", path, models, res.StatusCode, body)
			}
		}
	}
}
