package llm

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// A server that is known stays, with its models, whatever nonsense its list has become; and it gets
// no more out of us than what a list may have.
func TestWatchKeepsAServerThatLies(t *testing.T) {
	var sent atomic.Int64 // the most that one answer came to
	for name, lie := range map[string]http.HandlerFunc{
		"100 MB": func(w http.ResponseWriter, r *http.Request) {
			entry := `{"name":"` + strings.Repeat("x", 1000) + `"},`
			_, _ = fmt.Fprint(w, `{"models":[`)
			for i := range int64(100_000) {
				if _, err := fmt.Fprint(w, entry); err != nil {
					sent.Store(max(sent.Load(), i*int64(len(entry))))
					return
				}
			}
			sent.Store(100 << 20)
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = fmt.Fprint(w, `{"models":[`)
		},
		"hangs up":     func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"out of order": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"not a list":   func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, `{"models":"none"}`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, "ollama")
			var lies atomic.Bool
			server := serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if lies.Load() && r.URL.Path == "/api/tags" {
					lie(w, r)
					return
				}
				f.ServeHTTP(w, r)
			}), "127.0.0.1:0")
			s := at(map[string][]int{"Ollama": {port(server)}})
			reports := follow(t, s)
			await.Value(t, "the server", reports, one("Ollama"))
			lies.Store(true)
			for range 3 {
				s.Refresh(t.Context())
			}
			select {
			case servers := <-reports:
				t.Errorf("reported %+v", servers)
			default:
			}
			lies.Store(false)
			f.set(func() { f.answers["/api/tags"] = fakeAnswer{Body: json.RawMessage(`{"models":[{"name":"new:1b"}]}`)} })
			await.Value(t, "the new model", reports, func(s []Server) bool { return one("Ollama")(s) && len(s[0].Models) == 1 })
		})
	}
	t.Cleanup(func() {
		// What fits into the system's buffers was sent as well.
		if limit := int64(8 * maxList); sent.Load() > limit || sent.Load() == 0 {
			t.Errorf("it was heard out for %d bytes", sent.Load())
		}
	})
}
