package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// orders are what has an Ollama or another server get, make, copy or delete a model, in spellings that a server
// might take for one.
var orders = []string{
	"POST /api/pull", "POST /api/create", "POST /api/copy", "POST /api/push", "DELETE /api/delete", "POST /api/blobs/sha256:00",
	"GET /api/pull", "PUT /api/pull", "POST /api/pull/", "POST //api/pull", "POST /api//pull", "POST /api/./pull", "POST /api/chat/../pull",
	"POST /api/%70ull", "POST /%61pi/pull", "POST /api%2fpull", "POST /api/pull%00", "POST /api/pull%2f", "POST /api/pull;x", "POST /API/PULL",
	"POST /api/api/pull", "POST /v1/api/pull", "POST /api/v1/api/pull", "POST /openai/api/pull", "POST /ollama/api/pull", "POST /api\\pull",
	"POST /v1/models", "POST /v1/pull", "POST /v1/models/pull", "POST /api/v1/models/download", "POST /models/add", "POST /download",
}

// questions are what a phone may ask, which name a model.
var questions = []string{
	"POST /v1/chat/completions", "POST /v1/completions", "POST /v1/embeddings", "POST /v1/responses", "POST /v1/messages",
	"POST /api/chat", "POST /api/generate", "POST /api/embed", "POST /api/embeddings", "POST /api/show",
}

// TestNoPhoneGetsAModel has a paired phone try to have the real Ollama download something, by every path and in every
// question. The library sees nothing of it, until the person at the laptop asks.
func TestNoPhoneGetsAModel(t *testing.T) {
	t.Parallel()
	r, o := startRegistry(t), emptyOllama(t)
	b := startBeam(t, "--server", o.url)
	key := b.addDevice(t, "Phone").Key
	names := []string{r.name("tiny"), "http://" + r.name("tiny:latest"), "hf.co/" + r.name("tiny"), "tiny", r.name("tiny") + "@ollama", "../" + r.name("tiny")}
	for _, name := range names {
		body, err := json.Marshal(map[string]any{
			"model": name, "name": name, "source": name, "destination": "copy", "from": name, "insecure": true, "stream": false, "pull": true,
			"prompt": "Hi.", "input": "Hi.", "max_tokens": 5, "messages": []map[string]string{{"role": "user", "content": "Hi."}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, ask := range append(append([]string(nil), orders...), questions...) {
			method, path, _ := strings.Cut(ask, " ")
			for _, target := range []string{path, "/t/" + key + path} {
				if status := rawRequest(t, b.url, method, target, key, string(body)); status < 400 || status >= 500 {
					t.Errorf("%s %s for %s: status %d", method, target, name, status)
				}
			}
		}
	}
	if r.hits() > 0 {
		t.Errorf("the library was asked %d times", r.hits())
	}
	if d := b.get(t, r.name("tiny")).ends(t, 0); d.Phase != "done" || r.hits() == 0 {
		t.Errorf("at the laptop: %+v", d)
	}
	if n := len(chat(t, b.url, key, r.name("tiny:latest")).rest()); n < 10 {
		t.Errorf("the phone gets %d pieces of an answer", n)
	}
}

// hits is how often anything was asked for.
func (r *registry) hits() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// rawRequest sends a request line as it is, which http.Client would change, and returns the status.
func rawRequest(t *testing.T, base, method, target, key, body string) int {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"+
		"X-HTTP-Method-Override: POST\r\nX-Original-URL: /api/pull\r\nX-Rewrite-URL: /api/pull\r\n"+
		"Content-Length: %d\r\nConnection: close\r\n\r\n%s", method, target, u.Host, key, len(body), body)
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
