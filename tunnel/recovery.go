package tunnel

import (
	"net/http"
	"runtime/debug"

	"modelbeam/tunnel/fault"
)

// recovery turns a panic into a 500 of ours and one line in the log. [http.ErrAbortHandler] is no
// accident but the way to cut a connection in the middle of an answer: it goes on to net/http.
func (g *Gateway) recovery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			c := callOf(r)
			g.log.Error("panic", "path", c.path, "panic", p, "stack", string(debug.Stack()))
			if c.response.status.Load() != 0 {
				panic(http.ErrAbortHandler) // half an answer is out: only a cut is honest
			}
			fail(w, r, fault.Internal)
		}()
		next.ServeHTTP(w, r)
	})
}
