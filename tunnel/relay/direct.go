package relay

import (
	"net/http"
	"net/http/httputil"
	"net/url"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// direct points a request with a path of d's API at s, with the Host and the key that s wants. The device's
// own key was taken out long before, by package keys: what stands in Authorization now is the laptop's.
func direct(req *http.Request, s *catalog.Server, d dialect.Dialect) {
	req.URL.Path, req.URL.RawPath = s.Prefixes.Place(req.URL.Path, d), ""
	out := httputil.ProxyRequest{Out: req}
	out.SetURL(s.URL)
	req.Host = upstreamHost(s.URL)
	if s.Key == "" {
		return
	}
	req.Header.Set("Authorization", "Bearer "+s.Key)
	if d == dialect.Anthropic { // whose clients send it so; servers of its API read one or the other
		req.Header.Set("X-Api-Key", s.Key)
	}
}

// upstreamHost is the Host header for a server. Some servers cut it at the first colon and
// so cannot read [::1].
func upstreamHost(u *url.URL) string {
	if u.Hostname() == "::1" && u.Port() != "" {
		return "localhost:" + u.Port()
	}
	return u.Host
}
