package app

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// TestRefusedIsToldUntilItAnswers has a server that lists its models to everybody and answers nobody,
// as KoboldCpp does with a password.
func TestRefusedIsToldUntilItAnswers(t *testing.T) {
	var open atomic.Bool
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/v1/models":
			_, _ = w.Write([]byte(`{"object":"list","data":[{"id":"a","object":"model"},{"id":"b","object":"model"}]}`))
		case r.Method != http.MethodPost:
			http.NotFound(w, r)
		case open.Load():
			_, _ = w.Write([]byte(`{"choices":[]}`))
		default:
			http.Error(w, `{"detail":{"error":"Unauthorized"}}`, http.StatusUnauthorized)
		}
	}))
	t.Cleanup(srv.Close)
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, Options{Demo: "off", Servers: []*url.URL{u}})
	r.await("it is shared", func(s State) bool { return s.Models() == 2 })
	_, key, err := r.devices.Add("phone", nil)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(want int) {
		t.Helper()
		if status, body := r.do("POST", "/v1/chat/completions", key, strings.Replace(plainChat, "tiny", "a", 1)); status != want {
			t.Errorf("%d %s, want %d", status, body, want)
		}
	}
	told := func(s State) bool { return s.Problem != nil && s.Problem.Kind == ProblemWantsKey }
	ask(http.StatusBadGateway)
	r.await("it is told", told)
	r.shared.update() // another look at it changes nothing
	if !told(r.State()) {
		t.Error("it was taken back though nothing has changed")
	}
	open.Store(true)
	ask(http.StatusOK)
	r.await("it is told no more", func(s State) bool { return s.Problem == nil })
}
