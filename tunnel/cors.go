package tunnel

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/rs/cors"

	"modelbeam/tunnel/contact"
	"modelbeam/tunnel/keys"
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
// must be answered before it is asked for: the order of the steps is in Gateway.build.
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
			ok := g.mayUse(r, origin)
			if !ok {
				g.log.Warn("web page refused: its origin is not in the list of allowed origins",
					"origin", origin, "path", keys.PublicPath(r.URL.Path))
			}
			return ok, nil
		}
	}
	library := cors.New(options)
	handler := library.Handler(bareOptions(next))
	decided := map[string]http.Header{} // by the method alone where any page may use the gateway
	if len(g.Origins) == 0 {
		decided = decide(library)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.watchOrigin(callOf(r), r)
		if ours, ok := decided[r.Method]; ok {
			maps.Copy(w.Header(), ours)
			next.ServeHTTP(w, r)
			return
		}
		// WebKitGTK sends an empty Origin for custom schemes and then wants "*"
		// (https://github.com/tauri-apps/wry/issues/366); rs/cors takes empty for "no CORS".
		if len(g.Origins) == 0 && r.Header.Get("Origin") == "" {
			r.Header.Set("Origin", "null")
		}
		handler.ServeHTTP(w, r)
	})
}

// watchOrigin notes what web pages of other origins come to.
func (g *Gateway) watchOrigin(c *call, r *http.Request) {
	if !c.foreign {
		return
	}
	origin := keys.PublicPath(r.Header.Get("Origin"))
	switch {
	case !g.mayUse(r, origin):
		g.note(c, contact.BadOrigin, origin)
	case r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "":
		g.note(c, contact.Preflight, origin)
	default:
		g.contacts.Followed(c.remote, c.local, origin)
	}
}

// mayUse reports whether a page of this origin may read the answer to r: one that is allowed, or our own at another
// address of ours.
func (g *Gateway) mayUse(r *http.Request, origin string) bool {
	return len(g.Origins) == 0 || origins(g.Origins).allows(r, origin) || slices.Contains(g.addresses(), origin)
}

// decide asks the library once for every method what it answers to a request that is no preflight. Where any
// page may use the gateway, that depends on the method alone. The values are shared by all answers, so that
// adding to one of them must not write into it.
func decide(library *cors.Cors) map[string]http.Header {
	decided := make(map[string]http.Header, len(corsMethods))
	for _, method := range corsMethods {
		answer := make(headerOnly)
		library.HandlerFunc(answer, &http.Request{Method: method, Header: http.Header{"Origin": {"null"}}})
		for name, values := range answer {
			answer[name] = slices.Clip(values)
		}
		decided[method] = http.Header(answer)
	}
	return decided
}

// headerOnly is the header of an answer that goes nowhere.
type headerOnly http.Header

func (h headerOnly) Header() http.Header       { return http.Header(h) }
func (headerOnly) Write(p []byte) (int, error) { return len(p), nil }
func (headerOnly) WriteHeader(int)             {}

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

// origins are the web pages that may use the gateway.
type origins []string

// allows reports whether a page of this origin may read the answer to r. Requests without an origin come
// from no page.
func (a origins) allows(r *http.Request, origin string) bool {
	return origin == "" || sameOrigin(r, origin) ||
		slices.ContainsFunc(a, func(pattern string) bool { return matchOrigin(pattern, origin) })
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

// ofAnotherPage reports whether the request comes from a web page of another origin. Browsers say so in Origin, which is
// "null" for a page without one, with every request whose answer such a page could read
// (https://fetch.spec.whatwg.org/#origin-header); where the address is a trustworthy one also in
// Sec-Fetch-Site, which is for same-site pages of other ports too. It has to look before the cors step
// does, which fills in an Origin.
func ofAnotherPage(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "cross-site", "same-site":
		return true
	}
	origin, said := r.Header["Origin"]
	return said && !(len(origin) == 1 && sameOrigin(r, origin[0]))
}
