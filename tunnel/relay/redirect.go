package relay

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// maxRedirects is how often a server may send a request elsewhere on itself. Once is usual: to the path
// with a slash, or below a prefix.
const maxRedirects = 3

// ask sends a request to c's server and follows where the server sends it on itself. The client could
// not: it reaches the server only through us, by paths that are brought back to the same one, so that
// it would go round. Any other redirect is told in words.
func (t *carrier) ask(req *http.Request, q *Request) (*http.Response, error) {
	for hops := 0; ; hops++ {
		res, err := t.relay.Transport.RoundTrip(req)
		if err != nil || !isRedirect(res.StatusCode) {
			return res, err
		}
		_ = res.Body.Close()
		next, err := redirected(req, res)
		if err != nil || next == nil || hops == maxRedirects {
			to, _ := res.Location()
			return nil, t.relay.Laptop.ServerRedirects(q.target.Server.Name, to)
		}
		req = next
	}
}

func isRedirect(status int) bool {
	return status >= http.StatusMultipleChoices && status < http.StatusBadRequest && status != http.StatusNotModified
}

// redirected is req as res wants it sent, or nil where that would be to somebody else, or another
// request: only 307 and 308 keep the method (RFC 9110 section 15.4).
func redirected(req *http.Request, res *http.Response) (*http.Request, error) {
	kept := res.StatusCode == http.StatusTemporaryRedirect || res.StatusCode == http.StatusPermanentRedirect
	safe := req.Method == http.MethodGet || req.Method == http.MethodHead
	to, err := res.Location()
	if err != nil || !kept && !safe || !sameServer(req, to) {
		return nil, err
	}
	next := req.Clone(req.Context())
	next.URL.Path, next.URL.RawPath, next.URL.RawQuery = to.Path, to.RawPath, to.RawQuery
	if req.Body == nil || req.Body == http.NoBody {
		return next, nil
	}
	if req.GetBody == nil {
		return nil, nil
	}
	next.Body, err = req.GetBody()
	return next, err
}

// sameServer reports whether to is on the server that req went to. Servers make such URLs of the Host
// header, or of a name of their own for this machine; whichever it is, next goes where req went.
func sameServer(req *http.Request, to *url.URL) bool {
	if to.Scheme != req.URL.Scheme {
		return false
	}
	if strings.EqualFold(to.Host, req.URL.Host) || strings.EqualFold(to.Host, req.Host) {
		return true
	}
	return to.Port() == req.URL.Port() && isLoopback(to.Hostname()) && isLoopback(req.URL.Hostname())
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}
