// Package fault words what the gateway refuses or could not do: for a person in one sentence with
// the next step, for programs in a code that never changes, and both in the shape that the client's
// dialect has for errors. Nothing else in the gateway makes a sentence for a client.
package fault

import (
	"cmp"
	"math"
	"net/http"
	"strconv"
	"time"

	"modelbeam/tunnel/dialect"
)

// Failure is an error of ours as a client gets it. It is never changed after it was made, so it may
// be shared between goroutines.
type Failure struct {
	Status  int           // of the HTTP answer; 0: the code's usual one, see Codes
	Code    Code          // for programs and translations
	Message string        // for a person: what happened and the next step
	Param   string        // the field of the request that is to blame, if one is
	Allow   string        // for 405: the methods that there are
	Retry   time.Duration // for 429 and 503: when to come again
	Final   bool          // for 429: it is no use to come again, as OpenAI's libraries do by themselves
}

// Error is the sentence for the person.
func (f *Failure) Error() string { return f.Message }

// StatusCode is the HTTP status that f is answered with.
func (f *Failure) StatusCode() int { return cmp.Or(f.Status, Codes[f.Code].Status) }

// Write answers a request with f, in the shape of the client's dialect.
func (f *Failure) Write(w http.ResponseWriter, r *http.Request, d dialect.Dialect) {
	h := w.Header()
	body := f.Body(d)
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	switch f.StatusCode() {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="Modelbeam"`)
	case http.StatusUpgradeRequired:
		h.Set("Upgrade", "websocket")
	}
	if f.Allow != "" {
		h.Set("Allow", f.Allow)
	}
	if f.Retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.Retry.Seconds()))))
	}
	if f.Final {
		h.Set("X-Should-Retry", "false") // https://github.com/openai/openai-python, in _should_retry
	}
	w.WriteHeader(f.StatusCode())
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
