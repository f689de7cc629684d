package fastpath

import (
	"bytes"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// methods are those of the usual kind. HEAD is not: its answer says how long a body would be, and has none, which is
// a case of its own at every step.
var methods = []string{http.MethodPost, http.MethodGet, http.MethodOptions, http.MethodDelete, http.MethodPut, http.MethodPatch}

// mostFields bounds how many fields a head of the usual kind has. Browsers send some twenty.
const mostFields = 64

// head says how long the parts of a request are, in bytes.
type head struct{ size, body int }

var headEnd = []byte("\r\n\r\n")

// hasHead reports whether a whole head is there.
func hasHead(came []byte) bool { return bytes.Contains(came, headEnd) }

// readHead reads the head that came begins with into r, which begins as a copy of blank. It reports false for one that
// is not of the usual kind, or not there to its end; r is of no use then. Nothing of came is kept.
func readHead(came []byte, blank, r *http.Request) (head, bool) {
	size := bytes.Index(came, headEnd)
	if size < 0 {
		return head{}, false
	}
	// One piece of memory for all that the request is made of: what stands in it are parts of this text. It holds until
	// the last of them is done with, and a head is short.
	text := string(came[:size+2])
	line, fields, _ := strings.Cut(text, "\r\n")
	*r = *blank
	if !readLine(line, r) {
		return head{}, false
	}
	body, ok := readFields(fields, r)
	return head{size + len(headEnd), body}, ok
}

// readLine reads the first line (RFC 9112 section 3). Its target is a path with or without a query, in the characters
// that RFC 3986 has for these.
func readLine(line string, r *http.Request) bool {
	line, ok := strings.CutSuffix(line, " HTTP/1.1")
	if !ok {
		return false
	}
	for _, m := range methods { // the method is one of these texts then, and no part of the head
		if len(line) > len(m) && line[len(m)] == ' ' && line[:len(m)] == m {
			r.Method, r.RequestURI = m, line[len(m)+1:]
		}
	}
	if !strings.HasPrefix(r.RequestURI, "/") || strings.HasPrefix(r.RequestURI, "//") || !consists(r.RequestURI, ofTarget) {
		return false
	}
	var err error
	r.URL, err = url.ParseRequestURI(r.RequestURI)
	return err == nil
}

// readFields reads the fields (RFC 9112 section 5), and returns the length of the body.
func readFields(text string, r *http.Request) (body int, ok bool) {
	n := strings.Count(text, "\r\n")
	if n > mostFields {
		return 0, false
	}
	r.Header = make(http.Header, n)
	values := make([]string, n) // one piece of memory for all lists of values
	counted := false
	for i := range n {
		line, rest, _ := strings.Cut(text, "\r\n")
		text = rest
		name, value, ok := readField(line)
		if !ok {
			return 0, false
		}
		switch name {
		case "Host": // exactly one, or two programs could take the request for one to different hosts
			if r.Host != "" || value == "" || !consists(value, ofHost) {
				return 0, false
			}
			r.Host = value
			continue
		case "Content-Length": // exactly one, or two programs could see the next request begin at different places
			if body, ok = readLength(value); !ok || counted {
				return 0, false
			}
			counted = true
		case "Connection": // anything else ends or changes the connection, or names fields that end here
			if !strings.EqualFold(value, "keep-alive") {
				return 0, false
			}
		case "Transfer-Encoding", "Expect", "Upgrade", "Trailer", "Http2-Settings": // what follows is more than so many bytes
			return 0, false
		}
		if before := r.Header[name]; before != nil { // its list has no room, so that this makes a new one
			r.Header[name] = append(before, value)
			continue
		}
		values[i] = value
		r.Header[name] = values[i : i+1 : i+1]
	}
	if pragma := r.Header["Pragma"]; len(pragma) > 0 && pragma[0] == "no-cache" && r.Header["Cache-Control"] == nil {
		r.Header["Cache-Control"] = pragma[:1:1] // what HTTP/1.0 had for it; net/http does the same
	}
	r.ContentLength = int64(body)
	return body, r.Host != ""
}

// readField reads one field. Blanks around the value are none of it; any other place for them is unusual.
func readField(line string) (name, value string, ok bool) {
	name, value, found := strings.Cut(line, ":")
	if !found || name == "" || !consists(name, ofToken) || !consists(value, ofValue) {
		return "", "", false
	}
	return textproto.CanonicalMIMEHeaderKey(name), strings.Trim(value, " "), true
}

// readLength reads a Content-Length: some digits, and nothing else.
func readLength(s string) (n int, ok bool) {
	if s == "" || len(s) > len("1234567") {
		return 0, false // what is longer would not fit anyway
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, true
}

// The kinds of characters in a head. Each is narrower than what the RFCs allow: no byte above 127, about whose meaning
// programs differ, no tab, and nothing that ends a line.
const (
	ofToken  = 1 << iota // RFC 9110 section 5.6.2
	ofTarget             // RFC 3986 section 3.3 and 3.4
	ofHost
	ofValue // what can be seen, and the blank
)

// kinds has the kinds of each byte.
var kinds = func() (all [256]byte) {
	const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for kind, set := range map[byte]string{
		ofToken:  alphanumeric + "!#$%&'*+-.^_`|~",
		ofTarget: alphanumeric + "-._~!$&'()*+,;=:@/?%",
		ofHost:   alphanumeric + "-.:[]",
	} {
		for i := range len(set) {
			all[set[i]] |= kind
		}
	}
	for b := ' '; b <= '~'; b++ {
		all[b] |= ofValue
	}
	return all
}()

// consists reports whether all bytes of s are of a kind.
func consists(s string, kind byte) bool {
	for i := range len(s) {
		if kinds[s[i]]&kind == 0 {
			return false
		}
	}
	return true
}
