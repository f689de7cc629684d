package tunnel

import (
	"net/http"
	"slices"
	"strings"
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
		c := &corsWriter{ResponseWriter: w}
		c.capture(w.Header())
		if len(g.Origins) == 0 && !c.has(allowOrigin) {
			// rs/cors gives up on what it does not know, such as an unlisted method.
			c.add(allowOrigin, anyOrigin)
		}
		next.ServeHTTP(c, r)
	})
}

// What every answer has. The values are shared by all, and never changed.
var (
	anyOrigin = []string{"*"}
	noSniff   = []string{"nosniff"} // a model's words must never become a page
	sandboxed = []string{apiPolicy}
)

func isCORS(name string) bool { return strings.HasPrefix(name, "Access-Control-") }

// corsWriter is the client, to which the final header goes with what the cors step has set.
type corsWriter struct {
	http.ResponseWriter
	ours []field  // a list and no map: there are few, and each request has one
	few  [4]field // where ours usually has room
	done bool     // they are on the header
}

// field is a header with its values.
type field struct {
	name   string
	values []string
}

// capture notes what the cors step has set.
func (w *corsWriter) capture(h http.Header) {
	w.ours = w.few[:0]
	for name, values := range h {
		if isCORS(name) || name == "Vary" {
			w.add(name, values)
		}
	}
}

func (w *corsWriter) add(name string, values []string) { w.ours = append(w.ours, field{name, values}) }

func (w *corsWriter) has(name string) bool {
	return slices.ContainsFunc(w.ours, func(f field) bool { return f.name == name && len(f.values) > 0 })
}

// Unwrap lets http.ResponseController find Hijack and the deadlines.
func (w *corsWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *corsWriter) WriteHeader(status int) {
	if status >= http.StatusOK { // what comes before is not the final answer
		w.impose()
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

// impose puts ours onto the header, once, and what every answer has. Values of Vary are added to those of the
// server, since both hold.
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
	for _, f := range w.ours {
		if f.name == "Vary" && len(h[f.name]) > 0 {
			addMissing(h, f)
		} else {
			h[f.name] = f.values
		}
	}
	h["X-Content-Type-Options"] = noSniff
	if h.Get(policyHeader) == "" {
		h[policyHeader] = sandboxed
	}
}

// addMissing adds the values of f that h does not have.
func addMissing(h http.Header, f field) {
	for _, v := range f.values {
		if !slices.Contains(h[f.name], v) {
			h.Add(f.name, v)
		}
	}
}
