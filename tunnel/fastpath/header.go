package fastpath

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpguts"
)

// hasBody reports whether an answer with that status has a body (RFC 9110 section 6.4.1).
func hasBody(status int) bool {
	return status >= http.StatusOK && status != http.StatusNoContent && status != http.StatusNotModified
}

// appendHead writes the head of the final answer, and decides how its body is framed (RFC 9112 section 6), which
// begins with first and second.
func (w *response) appendHead(b, first, second []byte) []byte {
	w.sent = true
	h := w.header
	delete(h, "Transfer-Encoding") // how the body is framed is decided here
	w.closes = w.closes || httpguts.HeaderValuesContainsToken(h["Connection"], "close") || w.conn.server.closing.Load()
	if !hasBody(w.status) {
		delete(h, "Content-Length") // some clients would wait for it
		w.length = -1
	}
	if w.status == http.StatusNotModified {
		delete(h, "Content-Type") // of a body that does not come
	}
	_, typed := h["Content-Type"] // also with no value: then the handler wants none
	if hasBody(w.status) && !typed && h["Content-Encoding"] == nil && w.written > 0 {
		if len(first) == 0 {
			first = second
		}
		h.Set("Content-Type", http.DetectContentType(first))
	}
	b = appendFields(appendStatus(b, w.status), h)
	if w.chunked = hasBody(w.status) && w.length < 0; w.chunked {
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	}
	if w.closes && h["Connection"] == nil {
		b = append(b, "Connection: close\r\n"...)
	}
	if h["Date"] == nil {
		b = append(append(append(b, "Date: "...), date()...), "\r\n"...)
	}
	return append(b, "\r\n"...)
}

// appendBody writes a part of the body that stands in two pieces.
func (w *response) appendBody(b, first, second []byte) []byte {
	n := len(first) + len(second)
	if n == 0 {
		return b // an empty chunk would be the last
	}
	if w.chunked {
		b = append(strconv.AppendInt(b, int64(n), 16), "\r\n"...)
	}
	b = append(append(b, first...), second...)
	if w.chunked {
		b = append(b, "\r\n"...)
	}
	return b
}

// appendEnd writes the last chunk, with the trailers (RFC 9112 section 7.1): those that the handler has announced in
// Trailer, and those whose names begin with http.TrailerPrefix.
func (w *response) appendEnd(b []byte) []byte {
	b = append(b, "0\r\n"...)
	for name, values := range w.header {
		if trailer, ok := strings.CutPrefix(name, http.TrailerPrefix); ok {
			b = appendField(b, trailer, values)
		}
	}
	for _, list := range w.header["Trailer"] {
		for name := range strings.SplitSeq(list, ",") {
			name = http.CanonicalHeaderKey(strings.TrimSpace(name))
			b = appendField(b, name, w.header[name])
		}
	}
	return append(b, "\r\n"...)
}

// hasTrailers reports whether the handler has announced fields for the end of the body. They need chunks: a body with a
// length has no place for them.
func (w *response) hasTrailers() bool {
	if w.header["Trailer"] != nil {
		return true
	}
	for name := range w.header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			return true
		}
	}
	return false
}

// appendStatus writes the first line (RFC 9112 section 4), with the words that net/http has.
func appendStatus(b []byte, status int) []byte {
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	if text := http.StatusText(status); text != "" {
		b = append(b, text...)
	} else {
		b = strconv.AppendInt(append(b, "status code "...), int64(status), 10)
	}
	return append(b, "\r\n"...)
}

// appendFields writes all fields but those for the end of the body. They come in no order: none is needed (RFC 9110
// section 5.3), and to make one would cost as much as all the rest of the head.
func appendFields(b []byte, h http.Header) []byte {
	announced := h["Trailer"]
	for name, values := range h {
		if strings.HasPrefix(name, http.TrailerPrefix) || announced != nil && httpguts.HeaderValuesContainsToken(announced, name) {
			continue
		}
		b = appendField(b, name, values)
	}
	return b
}

// appendField writes a field once for each of its values. A name that is none is left out, and what would end the line
// becomes a blank: the rest would be a field, or an answer, of somebody else's making.
func appendField(b []byte, name string, values []string) []byte {
	if !consists(name, ofToken) || name == "" {
		return b
	}
	for _, value := range values {
		b = append(b, name...)
		b = append(b, ": "...)
		from := len(b)
		b = append(b, value...)
		for i := from; i < len(b); i++ {
			if b[i] == '\r' || b[i] == '\n' || b[i] == 0 {
				b[i] = ' '
			}
		}
		b = append(b, "\r\n"...)
	}
	return b
}

// second is the Date of all answers of one second (RFC 9110 section 6.6.1).
type second struct {
	unix int64
	text string
}

var lastSecond atomic.Pointer[second]

// date is what stands in Date now.
func date() string {
	t := time.Now()
	if s := lastSecond.Load(); s != nil && s.unix == t.Unix() {
		return s.text
	}
	s := &second{t.Unix(), t.UTC().Format(http.TimeFormat)}
	lastSecond.Store(s)
	return s.text
}
