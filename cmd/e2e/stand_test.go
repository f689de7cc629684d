package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"testing"
)

// stand is a gateway that can be made to be in any state: a real one, whose answers to some paths
// are replaced.
type stand struct {
	*httptest.Server
	mu      sync.Mutex // guards what follows
	answers map[string]http.HandlerFunc
}

func startStand(t *testing.T, b *beam) *stand {
	t.Helper()
	to, err := url.Parse(b.url)
	if err != nil {
		t.Fatal(err)
	}
	real := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host },
		FlushInterval: -1,
	}
	s := &stand{}
	// A phone finds the real one by itself where it is told of it.
	real.ModifyResponse = func(res *http.Response) error {
		if res.Request.URL.Path != "/device" && res.Request.URL.Path != "/pair" {
			return nil
		}
		text, err := io.ReadAll(res.Body)
		if err != nil {
			return err
		}
		text = bytes.ReplaceAll(text, []byte(b.url), []byte(s.URL))
		res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		res.Header.Set("Content-Length", strconv.Itoa(len(text)))
		return nil
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		answer := s.answers[r.URL.Path]
		s.mu.Unlock()
		if answer != nil {
			answer(w, r)
			return
		}
		real.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

// play replaces the answers to these paths, and to no others.
func (s *stand) play(answers map[string]http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = answers
}

// refuse answers as the gateway does when something is in the way; retry, in seconds, is for 429.
func refuse(status int, code string, retry int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if retry > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(retry))
		}
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{
			"message": "Words of the gateway.", "type": "invalid_request_error", "code": code, "source": "modelbeam",
		}})
	}
}

// say answers with a text of JSON.
func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, text)
	}
}

// logIn answers as a network does that wants people to sign in first.
func logIn(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "<html><body>Please log in to FreeWifi</body></html>")
}

// hang never answers.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// vanish breaks the connection, as a laptop does that is closed.
func vanish(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}
