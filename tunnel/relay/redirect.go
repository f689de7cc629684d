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
