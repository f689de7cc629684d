package tunnel

import "net/http"

// middleware is one step of a request's way: it does its part and calls the next, or answers.
type middleware func(next http.Handler) http.Handler

// chain puts the steps before h; the first one named sees the request first.
func chain(h http.Handler, steps ...middleware) http.Handler {
	for i := len(steps) - 1; i >= 0; i-- {
		h = steps[i](h)
	}
	return h
}
