package tunnel

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/limit"
)

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestKeyForms(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Anthropic, rec.ServeHTTP, "tiny"))
	const wrong = "mb_wrongwrongwrongwrongwr"
	tests := []struct {
		name    string
		path    string
		headers []string
		status  int
	}{
		{"bearer", "", []string{"Authorization", "Bearer " + testKey}, 200},
		{"bearer in lower case", "", []string{"Authorization", "bearer  " + testKey}, 200},
		{"x-api-key", "", []string{"X-Api-Key", testKey}, 200},
		{"api-key", "", []string{"Api-Key", testKey}, 200},
		{"path", "/t/" + testKey, nil, 200},
		{"path with slashes", "//t//" + testKey + "/", nil, 200},
		{"path beats junk bearer", "/t/" + testKey, []string{"Authorization", "Bearer ollama"}, 200},
		{"bearer beats junk path", "/t/junk", []string{"Authorization", "Bearer " + testKey}, 200},
		{"header beats junk bearer", "", []string{"Authorization", "Bearer x", "X-Api-Key", testKey}, 200},
		{"basic", "", []string{"Authorization", basic("me", testKey)}, 200},
		{"basic without user", "", []string{"Authorization", basic("", testKey)}, 200},
		{"basic as user", "", []string{"Authorization", basic(testKey, "")}, 200},
		{"basic of no base64", "", []string{"Authorization", "Basic ***"}, 401},
		{"none", "", nil, 401},
		{"empty bearer", "", []string{"Authorization", "Bearer "}, 401},
		{"wrong", "", []string{"Authorization", "Bearer " + wrong}, 401},
		{"wrong in path", "/t/" + wrong, nil, 401},
		{"prefix of a right one", "", []string{"Authorization", "Bearer " + testKey[:20]}, 401},
		{"longer than right", "", []string{"Authorization", "Bearer " + testKey + "A"}, 401},
		{"endless", "", []string{"Authorization", "Bearer " + strings.Repeat("x", 4000)}, 401},
		{"cookie", "", []string{"Cookie", "key=" + testKey}, 401},
		{"query of a POST", "?key=" + testKey, nil, 401},
	}
	for _, tt := range tests {
		path := tt.path + "/v1/chat/completions"
		if query, ok := strings.CutPrefix(tt.path, "?"); ok {
			path = "/v1/chat/completions?" + query
		}
		before := rec.count()
		headers := append([]string{"Authorization", ""}, tt.headers...)
		res, body := fetch(t, g.request("POST", path, chat("tiny"), headers...))
		if res.StatusCode != tt.status {
			t.Errorf("%s: status %d, want %d: %s", tt.name, res.StatusCode, tt.status, body)
		}
		if tt.status == 401 {
			code, message := errorOf(t, body)
			if code != "invalid_api_key" || !strings.Contains(message, "Scan the code") {
				t.Errorf("%s: not a helpful 401: %s", tt.name, body)
			}
			if !strings.HasPrefix(res.Header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s: WWW-Authenticate is %q", tt.name, res.Header.Get("WWW-Authenticate"))
			}
			if rec.count() != before {
				t.Errorf("%s: reached the server", tt.name)
			}
		}
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	for _, r := range rec.requests {
		if dump := fmt.Sprint(r.RequestURI, r.Header); strings.Contains(dump, testKey) || strings.Contains(dump, "junk") {
			t.Errorf("a key reached the server: %s", dump)
		}
	}
	for _, x := range g.seen.list() {
		if strings.Contains(x.Path, "mb_") {
			t.Errorf("Observe got a key: %q", x.Path)
		}
	}
}

func TestQueryKeyOnlyWhereHeadersCannotBeSet(t *testing.T) {
	g := newRig(t, nil)
	tests := []struct {
		method  string
		headers []string
		status  int
	}{
		{"GET", nil, 401},
		{"GET", []string{"Accept", "text/event-stream"}, 200},
		{"POST", []string{"Accept", "text/event-stream"}, 401},
	}
	for _, tt := range tests {
		headers := append([]string{"Authorization", ""}, tt.headers...)
		res, _ := fetch(t, g.request(tt.method, "/v1/models?key="+testKey, "", headers...))
		if res.StatusCode != tt.status {
			t.Errorf("%s with %q: status %d, want %d", tt.method, tt.headers, res.StatusCode, tt.status)
		}
	}
}

func TestServerKeyReplacesOurs(t *testing.T) {
	rec := &recorder{}
	s := upstream(t, "tabby", dialect.OpenAI|dialect.Anthropic, rec.ServeHTTP, "tiny")
	s.Key = "server-secret"
	g := newRig(t, nil, s)
	fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	r, _ := rec.last(t)
	if got := r.Header.Get("Authorization"); got != "Bearer server-secret" {
		t.Errorf("Authorization at the server is %q", got)
	}
	fetch(t, g.request("POST", "/v1/messages", chat("tiny"), "X-Api-Key", testKey))
	if r, _ = rec.last(t); r.Header.Get("X-Api-Key") != "server-secret" {
		t.Errorf("X-Api-Key at the server is %q", r.Header.Get("X-Api-Key"))
	}
}

func TestWrongKeysAreLimited(t *testing.T) {
	g := newRig(t, nil)
	wrong := func() *http.Response {
		res, _ := fetch(t, g.request("GET", "/v1/models", "", "Authorization", "Bearer nope"))
		return res
	}
	for i := range limit.PerMinute {
		if res := wrong(); res.StatusCode != 401 {
			t.Fatalf("try %d: status %d", i+1, res.StatusCode)
		}
	}
	res := wrong()
	if res.StatusCode != 429 || res.Header.Get("Retry-After") == "" {
		t.Errorf("after the limit: status %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	if res, _ := fetch(t, g.request("GET", "/v1/models", "")); res.StatusCode != 200 {
		t.Errorf("a right key from the same address: status %d", res.StatusCode)
	}
	if res, _ := fetch(t, g.request("GET", "/v1/models", "", "Authorization", "")); res.StatusCode != 401 {
		t.Errorf("no key from the same address: status %d, want 401", res.StatusCode)
	}
}

// Whoever is told to come back in a minute may do so on the connection that they have: it does not end just then.
func TestLockedOutComesBackOnTheSameConnection(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		conn := b.connect()
		in := bufio.NewReader(conn)
		guess := func() *http.Response {
			t.Helper()
			if _, err := io.WriteString(conn, "GET /v1/models HTTP/1.1\r\nHost: "+b.addr+"\r\nAuthorization: Bearer nope\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			res, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			return res
		}
		res := guess()
		for range limit.PerMinute {
			res = guess()
		}
		wait, err := strconv.Atoi(res.Header.Get("Retry-After"))
		if err != nil || res.StatusCode != 429 {
			t.Fatalf("after the limit: status %d, %v", res.StatusCode, err)
		}
		time.Sleep(time.Duration(wait) * time.Second)
		if res := guess(); res.StatusCode != 401 {
			t.Errorf("after %d s: status %d", wait, res.StatusCode)
		}
	}, dialect.OpenAI, jsonAnswer("{}"), "tiny")
}

// TestRemovedKeyIsToldWhy has an app go on with the key of a phone that was removed. That is no guess:
// the app is told why for as long as it asks, and whoever guesses still has a minute's tries.
func TestRemovedKeyIsToldWhy(t *testing.T) {
	g := newRig(t, nil)
	g.keys.remove(testKey)
	ask := func(keys ...string) (int, string) {
		t.Helper()
		req := g.request("GET", "/v1/models", "", "Authorization", strings.Join(keys, " "))
		res, body := fetch(t, req)
		code, _ := errorOf(t, body)
		return res.StatusCode, code
	}
	const wrong = "mb_CCCCCCCCCCCCCCCCCCCCCC"
	for range 3 * limit.PerMinute {
		for _, keys := range [][]string{{testKey}, {wrong, testKey}} {
			if status, code := ask(keys...); status != 401 || code != "removed" {
				t.Fatalf("%q: %d %s", keys, status, code)
			}
		}
	}
	for range limit.PerMinute {
		if status, code := ask(wrong); status != 401 || code != "invalid_api_key" {
			t.Fatalf("a guess: %d %s", status, code)
		}
	}
	if status, code := ask(wrong); status != 429 || code != "too_many_tries" {
		t.Errorf("one guess too many: %d %s", status, code)
	}
	if status, code := ask(testKey); status != 401 || code != "removed" {
		t.Errorf("the removed one after that: %d %s", status, code)
	}
	if res, _ := fetch(t, g.request("GET", "/v1/models", "", "Authorization", "Bearer "+testKey, "X-Api-Key", otherKey)); res.StatusCode != 200 {
		t.Errorf("a good key beside it: status %d", res.StatusCode)
	}
}
