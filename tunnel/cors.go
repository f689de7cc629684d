package tunnel

import (
	"net/http"
	"strings"

	"github.com/rs/cors"
)

// What is answered to any browser. Methods are listed one by one because rs/cors leaves a
// request with an unlisted method without headers, which makes our 405 an opaque network
// error to the page.
var (
	corsMethods = []string{
		http.MethodGet, http.MethodHead, http.MethodPost,
		http.MethodPut, http.MethodPatch, http.MethodDelete,
	}
	corsExposed = []string{
		"Retry-After", "X-Should-Retry", "WWW-Authenticate", "Allow", "Content-Length", "X-Request-Id", "Request-Id",
		"X-RateLimit-Limit-Requests", "X-RateLimit-Limit-Tokens",
		"X-RateLimit-Remaining-Requests", "X-RateLimit-Remaining-Tokens",
		"X-RateLimit-Reset-Requests", "X-RateLimit-Reset-Tokens",
		"OpenAI-Processing-Ms", "OpenAI-Version", "OpenAI-Model",
	}
)

// corsMaxAge is what Chromium caps it to; Firefox takes up to a day, WebKit ten minutes.
const corsMaxAge = 7200

// cors sets the Access-Control headers and answers preflights, which carry no key and so
// must be answered before it is asked for.
func (g *Gateway) cors(next http.Handler) http.Handler {
	options := cors.Options{
		AllowedOrigins:      []string{"*"},
		AllowedMethods:      corsMethods,
		AllowedHeaders:      []string{"*"}, // echoed, which names Authorization: "*" does not cover it
		ExposedHeaders:      corsExposed,
		MaxAge:              corsMaxAge,
		AllowPrivateNetwork: true,
	}
	if len(g.Origins) > 0 {
		options.AllowOriginVaryRequestFunc = func(r *http.Request, origin string) (bool, []string) {
			return g.originAllowed(r, origin), nil
		}
	}
	handler := cors.New(options).Handler(bareOptions(next))
	if len(g.Origins) > 0 {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// WebKitGTK sends an empty Origin for custom schemes and then wants "*"
		// (https://github.com/tauri-apps/wry/issues/366); rs/cors takes empty for "no CORS".
		if r.Header.Get("Origin") == "" {
			r.Header.Set("Origin", "null")
		}
		handler.ServeHTTP(w, r)
	})
}

// bareOptions answers an OPTIONS that is no preflight, as command line tools send it.
func bareOptions(next http.Handler) http.Handler {
	methods := strings.Join(append([]string{http.MethodOptions}, corsMethods...), ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Allow", methods)
		w.WriteHeader(http.StatusNoContent)
	})
}

// originAllowed says whether a page of this origin may read our answers. Requests without
// one come from no page.
func (g *Gateway) originAllowed(r *http.Request, origin string) bool {
	if origin == "" || sameOrigin(r, origin) {
		return true
	}
	for _, pattern := range g.Origins {
		if matchOrigin(pattern, origin) {
			return true
		}
	}
	g.log.Warn("web page refused: its origin is not in the list of allowed origins",
		"origin", origin, "path", publicPath(r.URL.Path))
	return false
}

// sameOrigin is for the connect page itself, whose POST requests carry an Origin.
func sameOrigin(r *http.Request, origin string) bool {
	return strings.EqualFold(origin, "http://"+r.Host)
}

// matchOrigin compares whole origins: the wildcard stands for at least one label at the left
// end of the host and for nothing else, so https://*.example.org matches neither
// https://example.org nor https://example.org.evil.net nor https://a.example.org:8443.
func matchOrigin(pattern, origin string) bool {
	pattern, origin = strings.ToLower(pattern), strings.ToLower(origin)
	scheme, suffix, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == origin
	}
	if !strings.HasSuffix(scheme, "://") || !strings.HasPrefix(suffix, ".") {
		return false
	}
	label, ok := strings.CutPrefix(origin, scheme)
	if !ok {
		return false
	}
	label, ok = strings.CutSuffix(label, suffix)
	return ok && label != "" && !strings.ContainsAny(label, "/:@?#") && !strings.HasPrefix(label, ".")
}
