package relay

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// blank is what every request to a server begins as. Its copies are made by WithContext, the one way to give
// a request a context without a second copy of it.
var blank = http.Request{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}

// outgoing is r as it goes out, but for the address: with the headers that are for servers, and the body from
// its beginning. Its query was written anew from what the route lists, and so can be read in one way only.
func outgoing(ctx context.Context, r *http.Request, q *Request) *http.Request {
	out := blank.WithContext(ctx)
	out.Method = r.Method
	out.URL = &url.URL{Path: r.URL.Path, RawQuery: r.URL.RawQuery}
	out.Header = serverHeaders(r)
	if r.Body != nil && r.ContentLength != 0 {
		out.ContentLength = r.ContentLength
		out.GetBody = q.Body.Open
		out.Body, _ = q.Body.Open()
	}
	return out
}

// direct points a request with a path of d's API at s, with the Host and the key that s wants. The device's
// own key was taken out long before, by package keys: what stands in Authorization now is the laptop's.
func direct(req *http.Request, s *catalog.Server, d dialect.Dialect) {
	at := req.URL
	at.Scheme, at.Host = s.URL.Scheme, s.URL.Host
	at.Path, at.RawPath = below(s.URL, s.Prefixes.Place(at.Path, d))
	if s.URL.RawQuery != "" {
		at.RawQuery = strings.TrimSuffix(s.URL.RawQuery+"&"+at.RawQuery, "&")
	}
	req.Host = upstreamHost(s.URL)
	if s.Key == "" {
		return
	}
	req.Header.Set("Authorization", "Bearer "+s.Key)
	if d == dialect.Anthropic { // whose clients send it so; servers of its API read one or the other
		req.Header.Set("X-Api-Key", s.Key)
	}
}

// below is a path under the address of a server, as url.URL has it: unescaped, and as it is sent where that
// does not follow from it.
func below(base *url.URL, path string) (plain, escaped string) {
	path = strings.TrimPrefix(path, "/")
	plain = strings.TrimSuffix(base.Path, "/") + "/" + path
	if base.RawPath == "" {
		return plain, ""
	}
	return plain, strings.TrimSuffix(base.RawPath, "/") + "/" + (&url.URL{Path: path}).EscapedPath()
}

// upstreamHost is the Host header for a server. Some servers cut it at the first colon and
// so cannot read [::1].
func upstreamHost(u *url.URL) string {
	if u.Hostname() == "::1" && u.Port() != "" {
		return "localhost:" + u.Port()
	}
	return u.Host
}
