package tunnel

import (
	"net/http"
	"net/url"
)

// dispatch is the end of the chain: the request is allowed in and its route is known.
func (g *Gateway) dispatch(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	if c.route == nil {
		fail(w, r, c.refusal)
		return
	}
	if c.route.quiet {
		c.report = false
	}
	if g.paused.Load() && !c.route.always {
		fail(w, r, g.laptop.Paused())
		return
	}
	if r.URL.RawQuery != "" {
		r.URL.RawQuery = onlyListed(r.URL.Query(), c.route.query)
	}
	c.route.serve(w, r)
}

// onlyListed drops the query fields that are not in names. Some servers compare the end of the
// whole request line, query included, with the paths of their admin functions.
func onlyListed(query url.Values, names []string) string {
	kept := make(url.Values, len(names))
	for _, name := range names {
		if v, ok := query[name]; ok {
			kept[name] = v
		}
	}
	return kept.Encode()
}
