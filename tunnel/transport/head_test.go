package transport

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// TestHead holds that a head says to a server what the request says.
func TestHead(t *testing.T) {
	tests := []struct {
		name   string
		method string
		url    string
		host   string
		length int64
		header http.Header
	}{
		{"chat", "POST", "http://127.0.0.1:11434/v1/chat/completions", "", 12, http.Header{"Content-Type": {"application/json"}, "X-A": {"1", "2"}}},
		{"no body", "GET", "http://[::1]:1234/v1/models?a=b%20c", "localhost:1234", 0, http.Header{"User-Agent": {"x"}, "Accept": {"*/*"}}},
		{"an empty User-Agent", "GET", "http://127.0.0.1/a", "", 0, http.Header{"User-Agent": {""}}},
		{"no method", "", "http://127.0.0.1", "", 0, nil},
		{"empty POST", "POST", "http://127.0.0.1/a", "", 0, nil},
		{"odd path", "GET", "http://127.0.0.1/a%2Fb/ä", "", 0, nil},
		{"upgrade", "GET", "http://127.0.0.1/v1/realtime", "", 0, http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}},
		{"framing of another hop", "POST", "http://127.0.0.1/a", "", 2, http.Header{"Content-Length": {"7"}, "Trailer": {"X"}, "Host": {"evil"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := url.Parse(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			req := &http.Request{Method: tt.method, URL: u, Host: tt.host, ContentLength: tt.length, Header: tt.header}
			text, err := appendHead(nil, req)
			if err != nil {
				t.Fatal(err)
			}
			got, err := http.ReadRequest(bufio.NewReader(io.MultiReader(bytes.NewReader(text), strings.NewReader(strings.Repeat("x", int(tt.length))))))
			if err != nil {
				t.Fatalf("%v: %q", err, text)
			}
			req.Header = req.Header.Clone()
			if tt.length > 0 {
				req.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", int(tt.length))))
			}
			if req.Header == nil {
				req.Header = http.Header{}
			}
			if req.Header.Get("User-Agent") == "" {
				req.Header.Set("User-Agent", "") // net/http takes it for its own otherwise
			}
			var b bytes.Buffer
			if err := req.Write(&b); err != nil {
				t.Fatal(err)
			}
			want, err := http.ReadRequest(bufio.NewReader(&b))
			if err != nil {
				t.Fatal(err)
			}
			if got.Method != want.Method || got.RequestURI != want.RequestURI || got.Host != want.Host ||
				got.ContentLength != want.ContentLength || !reflect.DeepEqual(got.Header, want.Header) {
				t.Errorf("%q\ngot  %+v\nwant %+v", text, got, want)
			}
		})
	}
}

// TestHeadIsWhole holds that nothing in a request makes two of it.
func TestHeadIsWhole(t *testing.T) {
	target := func(path string) *url.URL { return &url.URL{Scheme: "http", Host: "127.0.0.1", Path: path} }
	for name, req := range map[string]*http.Request{
		"method":       {Method: "GET / HTTP/1.1\r\nX: y\r\n\r\nGET", URL: target("/")},
		"query":        {URL: &url.URL{Scheme: "http", Host: "127.0.0.1", Path: "/", RawQuery: "a b"}},
		"query's end":  {URL: &url.URL{Scheme: "http", Host: "127.0.0.1", Path: "/", RawQuery: "a\r\nX: y"}},
		"host":         {URL: target("/"), Host: "a\r\nX: y"},
		"field's name": {URL: target("/"), Header: http.Header{"X: y\r\nZ": {"a"}}},
		"empty name":   {URL: target("/"), Header: http.Header{"": {"a"}}},
		"field":        {URL: target("/"), Header: http.Header{"X": {"a\r\nContent-Length: 3"}}},
		"line feed":    {URL: target("/"), Header: http.Header{"X": {"a\nb"}}},
		"NUL":          {URL: target("/"), Header: http.Header{"X": {"a\x00"}}},
	} {
		if text, err := appendHead(nil, req); err == nil {
			t.Errorf("%s: %q", name, text)
		}
	}
}
