package transport

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// isPlain reports whether a request is of the kind that plain carries: what the gateway sends in all usual cases.
// The rest is left to net/http, so that what is seldom needed has no code of ours.
func isPlain(req *http.Request) bool {
	counted := req.Body == nil || req.Body == http.NoBody || req.ContentLength > 0
	return req.URL.Scheme == "http" && req.URL.Opaque == "" && counted && !req.Close &&
		len(req.TransferEncoding) == 0 && len(req.Trailer) == 0 && req.Method != http.MethodConnect &&
		!strings.Contains(req.URL.Host, "%") // a zone, which is no part of a Host (RFC 6874 section 4)
}

// ownFields are the header fields that appendHead writes itself, and Trailer, which it has none for: two lengths
// in one head, or two hosts, are read differently by different servers.
var ownFields = map[string]bool{
	"Host": true, "Content-Length": true, "Transfer-Encoding": true, "Trailer": true,
}

// appendHead writes the head of a request behind b, or says what in it would break the framing. An
// empty User-Agent is none, as to net/http; but who has none at all is given none here.
func appendHead(b []byte, req *http.Request) ([]byte, error) {
	method, target, host := req.Method, req.URL.RequestURI(), req.Host
	if method == "" {
		method = http.MethodGet
	}
	if host == "" {
		host = req.URL.Host
	}
	if !httpguts.ValidHeaderFieldName(method) || !isTarget(target) || !httpguts.ValidHostHeader(host) {
		return nil, fmt.Errorf("send request: %q, %q or %q cannot stand in its head", method, target, host)
	}
	b = append(b, method...)
	b = append(b, ' ')
	b = append(b, target...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, host...)
	b = append(b, "\r\n"...)
	b = appendLength(b, method, req.ContentLength)
	for name, values := range req.Header {
		if ownFields[name] || name == "User-Agent" && req.Header.Get(name) == "" {
			continue
		}
		var err error
		if b, err = appendField(b, name, values); err != nil {
			return nil, err
		}
	}
	return append(b, "\r\n"...), nil
}

// appendLength says how long the body is, also that there is none where one is usual (RFC 9110 section 8.6).
func appendLength(b []byte, method string, length int64) []byte {
	if length <= 0 && method != http.MethodPost && method != http.MethodPut && method != http.MethodPatch {
		return b
	}
	b = append(b, "Content-Length: "...)
	b = strconv.AppendInt(b, length, 10)
	return append(b, "\r\n"...)
}

// appendField writes a field once for each of its values. What would end the line early is refused: the rest
// would be a field, or a request, of somebody else's making.
func appendField(b []byte, name string, values []string) ([]byte, error) {
	if !httpguts.ValidHeaderFieldName(name) {
		return nil, fmt.Errorf("send request: %q cannot be the name of a header field", name)
	}
	for _, value := range values {
		if !httpguts.ValidHeaderFieldValue(value) {
			return nil, fmt.Errorf("send request: the header field %s has a value that cannot be sent", name)
		}
		b = append(b, name...)
		b = append(b, ": "...)
		b = append(b, value...)
		b = append(b, "\r\n"...)
	}
	return b, nil
}

// isTarget reports whether s can stand in a request line: nothing in it ends that, or a word of it.
func isTarget(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
	}
	return s != ""
}
