package tunnel

import (
	"net/http"
	"slices"
	"strings"

	"modelbeam/tunnel/relay"
)

const (
	allowOrigin  = "Access-Control-Allow-Origin"
	policyHeader = "Content-Security-Policy"
)

// apiPolicy is the Content-Security-Policy of every answer that is none of the page's files: whatever
// a server sends, of whatever type, opened in a browser it is no page of the gateway's origin, which
// holds the phone's key and chats. It runs no script, loads nothing and has an origin of its own.
const apiPolicy = "sandbox; default-src 'none'"

// finalCORS puts the headers that the cors step set onto the final answer, whatever happened
// to them in between. Servers send Access-Control headers of their own, which would double
// ours, and browsers refuse an answer with two of them.
func (g *Gateway) finalCORS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &corsWriter{ResponseWriter: w, ours: captureCORS(w.Header())}
		if len(c.ours[allowOrigin]) == 0 && len(g.Origins) == 0 {
			// rs/cors gives up on what it does not know, such as an unlisted method.
			c.ours[allowOrigin] = []string{"*"}
		}
		next.ServeHTTP(c, r)
	})
}

// captureCORS copies what the cors step has set.
func captureCORS(h http.Header) http.Header {
	ours := make(http.Header, 4)
	for name, values := range h {
		if isCORS(name) || name == "Vary" {
			ours[name] = values
		}
	}
	return ours
}

func isCORS(name string) bool { return strings.HasPrefix(name, "Access-Control-") }

type corsWriter struct {
	http.ResponseWriter
	ours http.Header
	done bool
}

// Unwrap lets http.ResponseController find Hijack and the deadlines.
func (w *corsWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *corsWriter) WriteHeader(status int) {
	if status >= http.StatusOK {
		w.impose()
	} else if status != http.StatusSwitchingProtocols {
		relay.OnlyPassing(w.Header()) // a browser acts on the Link of an early hint
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *corsWriter) Write(p []byte) (int, error) {
	w.impose()
	return w.ResponseWriter.Write(p)
}

func (w *corsWriter) FlushError() error {
	w.impose() // a flush before the first write sends the header
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *corsWriter) impose() {
	if w.done {
		return
	}
	w.done = true
	h := w.Header()
	for name := range h {
		if isCORS(name) {
			delete(h, name)
		}
	}
	for name, values := range w.ours {
		if name != "Vary" {
			h[name] = values
			continue
		}
		for _, v := range values {
			if !slices.Contains(h[name], v) {
				h.Add(name, v)
			}
		}
	}
	h.Set("X-Content-Type-Options", "nosniff") // a model's words must never become a page
	if h.Get(policyHeader) == "" {
		h.Set(policyHeader, apiPolicy)
	}
}
