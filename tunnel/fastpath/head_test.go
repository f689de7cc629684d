package fastpath

import (
	"bufio"
	"bytes"
	"context"
	"maps"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

const usualHead = "POST /v1/chat/completions?x=1 HTTP/1.1\r\nHost: 192.168.1.20:8717\r\nConnection: keep-alive\r\nContent-Length: 7\r\n" +
	"Content-Type: application/json\r\nAuthorization: Bearer mb-1\r\nAccept: */*\r\nACCEPT: text/html\r\n\r\n"

// read reads a head as conns do.
func read(text string) (*http.Request, head, bool) {
	blank := (&http.Request{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(context.Background())
	var r http.Request
	h, ok := readHead([]byte(text), blank, &r)
	return &r, h, ok
}

func TestUsualHead(t *testing.T) {
	r, h, ok := read(usualHead + "{\"a\":1}GET")
	if !ok || h != (head{len(usualHead), 7}) {
		t.Fatalf("%v, %+v", ok, h)
	}
	want := http.Header{
		"Connection": {"keep-alive"}, "Content-Length": {"7"}, "Content-Type": {"application/json"}, "Authorization": {"Bearer mb-1"},
		"Accept": {"*/*", "text/html"},
	}
	if !reflect.DeepEqual(r.Header, want) || r.Host != "192.168.1.20:8717" || r.ContentLength != 7 || r.URL.Path != "/v1/chat/completions" || r.URL.RawQuery != "x=1" {
		t.Errorf("%+v", r)
	}
}

// Everything else is left to net/http, which refuses it or knows better.
func TestUnusualHeads(t *testing.T) {
	line, host := "GET /healthz HTTP/1.1\r\n", "Host: a\r\n"
	for name, text := range map[string]string{
		"nothing":                    "",
		"not there to its end":       line + host,
		"no end of a field":          line + "Host: a\r\n\nX: y\r\n\r\n",
		"line feeds only":            strings.ReplaceAll(line+host+"\r\n", "\r\n", "\n"),
		"a line feed in a field":     line + host + "X: a\nContent-Length: 5\r\n\r\n",
		"a return in a field":        line + host + "X: a\rContent-Length: 5\r\n\r\n",
		"NUL":                        line + host + "X: a\x00\r\n\r\n",
		"a tab":                      line + host + "X: a\tb\r\n\r\n",
		"beyond ASCII":               line + host + "X: \xc3\xa4\r\n\r\n",
		"folded":                     line + host + "X: a\r\n b\r\n\r\n",
		"a blank before the colon":   line + host + "Content-Length : 5\r\n\r\n",
		"a blank before the name":    line + " Host: a\r\n\r\n",
		"no colon":                   line + host + "X\r\n\r\n",
		"no name":                    line + host + ": x\r\n\r\n",
		"no Host":                    line + "X: y\r\n\r\n",
		"an empty Host":              line + "Host:\r\n\r\n",
		"two Hosts":                  line + host + host + "\r\n",
		"a Host with a path":         line + "Host: a/b\r\n\r\n",
		"a Host with a user":         line + "Host: b@a\r\n\r\n",
		"HTTP/1.0":                   "GET / HTTP/1.0\r\n" + host + "\r\n",
		"HTTP/2.0":                   "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"another version":            "GET / HTTP/1.11\r\n" + host + "\r\n",
		"two blanks":                 "GET  / HTTP/1.1\r\n" + host + "\r\n",
		"a blank in the target":      "GET /a b HTTP/1.1\r\n" + host + "\r\n",
		"a fragment":                 "GET /a#b HTTP/1.1\r\n" + host + "\r\n",
		"a faulty escape":            "GET /%zz HTTP/1.1\r\n" + host + "\r\n",
		"an absolute target":         "GET http://b/ HTTP/1.1\r\n" + host + "\r\n",
		"an authority":               "GET //b/ HTTP/1.1\r\n" + host + "\r\n",
		"a star":                     "OPTIONS * HTTP/1.1\r\n" + host + "\r\n",
		"CONNECT":                    "CONNECT a:1 HTTP/1.1\r\n" + host + "\r\n",
		"HEAD":                       "HEAD / HTTP/1.1\r\n" + host + "\r\n",
		"a method in small letters":  "get / HTTP/1.1\r\n" + host + "\r\n",
		"chunks":                     line + host + "Transfer-Encoding: chunked\r\n\r\n",
		"chunks and a length":        line + host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
		"two lengths":                line + host + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
		"two lengths in one":         line + host + "Content-Length: 5, 5\r\n\r\n",
		"a signed length":            line + host + "Content-Length: +5\r\n\r\n",
		"an empty length":            line + host + "Content-Length:\r\n\r\n",
		"a length in hexadecimal":    line + host + "Content-Length: 0x5\r\n\r\n",
		"a length that is too large": line + host + "Content-Length: 18446744073709551617\r\n\r\n",
		"an upgrade":                 line + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
		"an upgrade by itself":       line + host + "Upgrade: h2c\r\n\r\n",
		"the last request":           line + host + "Connection: close\r\n\r\n",
		"fields named in Connection": line + host + "Connection: keep-alive, X-Api-Key\r\n\r\n",
		"100-continue":               line + host + "Expect: 100-continue\r\n\r\n",
		"trailers":                   line + host + "Trailer: X\r\n\r\n",
		"very many fields":           line + host + strings.Repeat("X: y\r\n", mostFields) + "\r\n",
	} {
		if r, _, ok := read(text); ok {
			t.Errorf("%s: taken as %s %s", name, r.Method, r.URL)
		}
	}
}

// FuzzHead holds that a head which is taken here means the same to net/http.
func FuzzHead(f *testing.F) {
	f.Add(usualHead)
	f.Add("GET /a%20b/../c;d?e=%zz&f HTTP/1.1\r\nhost: [::1]:80\r\nPragma: no-cache\r\nX:\r\nx:  y \r\n\r\n")
	f.Add("OPTIONS / HTTP/1.1\r\nHost: a\r\ncontent-length: 007\r\n\r\n1234567")
	f.Add("DELETE /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nCookie: a\r\nCookie: b\r\n\r\nabc")
	f.Fuzz(func(t *testing.T, text string) {
		r, h, ok := read(text)
		if !ok {
			return
		}
		in := bufio.NewReader(strings.NewReader(text))
		want, err := http.ReadRequest(in)
		if err != nil {
			t.Fatalf("net/http refuses %q: %v", text, err)
		}
		if rest, _ := in.Peek(in.Buffered()); len(text) < 4<<10 && string(rest) != text[h.size:] {
			t.Errorf("the head ends before %q, net/http's before %q", text[h.size:], rest)
		}
		if r.Method != want.Method || r.RequestURI != want.RequestURI || r.Host != want.Host || !reflect.DeepEqual(r.URL, want.URL) {
			t.Errorf("%s %s %s %+v, net/http has %s %s %s %+v", r.Method, r.RequestURI, r.Host, r.URL, want.Method, want.RequestURI, want.Host, want.URL)
		}
		if !maps.EqualFunc(r.Header, want.Header, func(a, b []string) bool { return reflect.DeepEqual(a, b) }) {
			t.Errorf("%v, net/http has %v", r.Header, want.Header)
		}
		if r.ContentLength != want.ContentLength || want.Close || len(want.TransferEncoding) > 0 || want.Trailer != nil || want.ProtoMinor != 1 {
			t.Errorf("a body of %d bytes, net/http has %+v", r.ContentLength, want)
		}
	})
}

func BenchmarkHead(b *testing.B) {
	text := []byte(usualHead)
	blank := (&http.Request{}).WithContext(b.Context())
	b.ReportAllocs()
	for b.Loop() {
		x := new(exchange)
		if _, ok := readHead(text, blank, &x.request); !ok {
			b.Fatal("not usual")
		}
	}
}

// TestDate: each answer has the time, and one second's answers share it.
func TestDate(t *testing.T) {
	if _, err := http.ParseTime(date()); err != nil {
		t.Error(err)
	}
	if n := testing.AllocsPerRun(100, func() { _ = date() }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestAppendField: nothing that a server or a handler says becomes a field of its own.
func TestAppendField(t *testing.T) {
	for i, tt := range []struct{ name, value, want string }{
		{"X", "y", "X: y\r\n"},
		{"X", "a\r\nSet-Cookie: b", "X: a  Set-Cookie: b\r\n"},
		{"X", "a\x00b", "X: a b\r\n"},
		{"X\r\nY", "a", ""},
		{"", "a", ""},
		{"X: Y", "a", ""},
	} {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			if got := appendField(nil, tt.name, []string{tt.value}); !bytes.Equal(got, []byte(tt.want)) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
