package tunnel

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// isStranger reports whether a request is of somebody who looks for LLM servers on all ports of this machine: a
// Modelbeam that somebody runs on it, or a test of discovery, which has its number behind that name.
func isStranger(r *http.Request) bool { return strings.HasPrefix(r.UserAgent(), "modelbeam") }

// withoutStrangers keeps strangers off.
func withoutStrangers(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isStranger(r) {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// upstream starts a server and describes it with the given models.
func upstream(t *testing.T, id string, d dialect.Dialect, h http.HandlerFunc, models ...string) catalog.Server {
	t.Helper()
	s := httptest.NewServer(withoutStrangers(h))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return describe(t, id, d, s.URL, models...)
}

func describe(t *testing.T, id string, d dialect.Dialect, address string, models ...string) catalog.Server {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	s := catalog.Server{ID: id, Name: strings.ToUpper(id[:1]) + id[1:], URL: u, Dialects: d}
	for _, m := range models {
		s.Models = append(s.Models, catalog.Model{ID: m})
	}
	return s
}

// recorder is a server that notes what reaches it.
type recorder struct {
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

func (rec *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.requests = append(rec.requests, r)
	rec.bodies = append(rec.bodies, string(body))
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"ok":true}`)
}

func (rec *recorder) count() int {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return len(rec.requests)
}

func (rec *recorder) last(t *testing.T) (*http.Request, string) {
	t.Helper()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.requests) == 0 {
		t.Fatal("nothing reached the server")
	}
	return rec.requests[len(rec.requests)-1], rec.bodies[len(rec.bodies)-1]
}

// flush sends what was written to a server's client.
func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }

// silent is a server that says one thing and then nothing more until it is cancelled.
func silent(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = io.WriteString(w, "data: {}\n\n")
	flush(w)
	<-r.Context().Done()
}

// stepped is a server that says one thing, waits for step and says the rest.
func stepped(step <-chan struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: {}\n\n")
		flush(w)
		<-step
		_, _ = io.WriteString(w, "data: [DONE]\n\n")
	}
}

// flood is a server that sends without end, and counts the events it got rid of.
func flood(sent *atomic.Int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, "data: "+strings.Repeat("x", 8000)+"\n\n"); err != nil {
				return
			}
			sent.Add(1)
		}
	}
}

func jsonAnswer(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}
}

// dying answers with the text and then resets the connection, as a killed process does.
func dying(contentType, text string, chunked bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\n", contentType)
		if chunked {
			fmt.Fprintf(buf, "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(text), text)
		} else {
			fmt.Fprintf(buf, "Connection: close\r\n\r\n%s", text)
		}
		_ = buf.Flush()
		if chunked {
			time.Sleep(20 * time.Millisecond) // a reset may overtake what was sent just before
			_ = conn.(*net.TCPConn).SetLinger(0)
		}
	}
}

// cancelled is a server that reports when its work was cancelled. It says something first
// when speak is true.
func cancelled(speak bool) (http.HandlerFunc, <-chan struct{}, <-chan struct{}) {
	began, ended := make(chan struct{}, 1), make(chan struct{}, 1)
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if speak {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: {}\n\n")
			flush(w)
		}
		began <- struct{}{}
		<-r.Context().Done()
		ended <- struct{}{}
	}, began, ended
}

// refusing describes a server that is not there.
func refusing(t *testing.T, id string, models ...string) catalog.Server {
	t.Helper()
	dead := httptest.NewServer(nil)
	dead.Close()
	return describe(t, id, dialect.OpenAI, dead.URL, models...)
}

// breaking starts a server that takes a connection, reads the request's head and as much of its
// body as it is told, says a word and resets the connection.
func breaking(t *testing.T, id string, wholeBody bool, word string, models ...string) catalog.Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil && wholeBody {
				_, _ = io.Copy(io.Discard, req.Body)
			}
			_, _ = io.WriteString(conn, word)
			if word == "" {
				_ = conn.(*net.TCPConn).SetLinger(0) // a reset would overtake the word
			}
			conn.Close()
		}
	}()
	return describe(t, id, dialect.OpenAI, "http://"+l.Addr().String(), models...)
}
