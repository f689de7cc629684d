package app

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"modelbeam/app/logfile"
)

// What must never be in a log, as it is said in TestLogFileHoldsNoSecret.
const (
	secretPrompt    = "prompt-of-the-person"
	secretAnswer    = "answer-of-the-model"
	secretServerKey = "key-of-the-server"
)

// newLoudServer wants a key and puts everything that it is told into what it says, in answers and errors.
func newLoudServer(t *testing.T) *url.URL {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"object":"list","data":[{"id":"tiny","object":"model","owned_by":"test"}]}`)
	})
	mux.HandleFunc("POST /v1/", func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		switch said := fmt.Sprintf("%s %s %s", r.Header.Get("Authorization"), asked, secretAnswer); {
		case strings.Contains(said, "refuse"):
			http.Error(w, said, http.StatusInternalServerError)
		case strings.Contains(said, "break"):
			w.Header().Set("Content-Length", "1000000")
			fmt.Fprint(w, said)
			panic(http.ErrAbortHandler)
		case strings.Contains(said, "garbage"):
			conn, _, _ := http.NewResponseController(w).Hijack()
			fmt.Fprintf(conn, "%s\r\n\r\n", said)
			_ = conn.Close()
		default:
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%q}}]}\n\ndata: [DONE]\n\n", said)
		}
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestLogFileHoldsNoSecret goes the whole way of a phone, also where it fails, with a log that leaves nothing out.
func TestLogFileHoldsNoSecret(t *testing.T) {
	file := logfile.Open(t.TempDir(), "service", false)
	server := newLoudServer(t)
	log := slog.New(slog.NewTextHandler(file, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r := startLogging(t, Options{
		Servers: []*url.URL{server}, ServerKeys: map[string]string{server.Host: secretServerKey}, Demo: "off", Verbose: true,
	}, log)
	r.ShowCode(true)
	code := r.await("a code", sharing).Pairing.Code
	secrets := map[string]string{
		"code": code, "code as typed": strings.ReplaceAll(code, "-", ""), "wrong code": "0000-0000", "key": r.pairPhone("Anna's iPhone"),
		"unknown key": "mb_AAAAAAAAAAAAAAAAAAAAAA", "server key": secretServerKey, "prompt": secretPrompt, "answer": secretAnswer,
	}
	for range 12 { // until it has to wait
		r.do("POST", "/pair", "", `{"code":"0000-0000","device":{"name":"x"}}`)
	}
	r.do("POST", "/pair", "", `{"code":"`+code+`","device":{"name":"x"}}`) // used
	for _, key := range []string{secrets["key"], secrets["unknown key"]} {
		for _, path := range []string{"/v1/chat/completions", "/t/" + key + "/v1/chat/completions", "/v1/chat/completions?key=" + key, "/v1/" + key} {
			for _, how := range []string{"", "refuse", "break", "garbage"} {
				r.do("POST", path, key, `{"model":"tiny","stream":true,"messages":[{"role":"user","content":"`+how+secretPrompt+`"}]}`)
			}
			r.do("POST", path, key, `{"model":"`+secretPrompt+`","messages":[`)
		}
	}
	r.stop()
	log.Warn("the last line")
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file.Path())
	if err != nil || !strings.Contains(string(text), "the last line") || strings.Count(string(text), "\n") < 5 {
		t.Fatalf("the log is not whole: %v\n%s", err, text)
	}
	for what, secret := range secrets {
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, secret) {
				t.Errorf("the log holds the %s: %s", what, line)
			}
		}
	}
}
