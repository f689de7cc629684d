package tunnel

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"modelbeam/tunnel/page"
)

func TestPage(t *testing.T) {
	g := newRig(t, nil)
	res, body := fetch(t, g.request("GET", "/", "", "Accept", "text/html,*/*", "Authorization", ""))
	if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") || !strings.Contains(strings.ToLower(body), "<!doctype html>") {
		t.Errorf("status %d, %v: %.80s", res.StatusCode, res.Header, body)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cache-Control": "no-cache",
	} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	policy := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "connect-src 'self'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy is %q", policy)
	}
	again, _ := fetch(t, g.request("GET", "/", "", "Accept", "text/html", "If-None-Match", res.Header.Get("ETag")))
	if again.StatusCode != 304 {
		t.Errorf("the same page again: status %d", again.StatusCode)
	}
	head, body := fetch(t, g.request("HEAD", "/", "", "Accept", "text/html", "Authorization", ""))
	if head.StatusCode != 200 || head.ContentLength != res.ContentLength || body != "" {
		t.Errorf("HEAD: status %d, length %d, want %d", head.StatusCode, head.ContentLength, res.ContentLength)
	}
	for _, lang := range []string{"en", "zh"} {
		res, body := fetch(t, g.request("GET", "/translations/"+lang+".json", "", "Authorization", ""))
		if res.StatusCode != 200 || !json.Valid([]byte(body)) || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: status %d, %s", lang, res.StatusCode, body)
		}
	}
	if _, body := fetch(t, g.request("GET", "/healthz", "", "Authorization", "")); strings.TrimSpace(body) != `{"ok":true,"product":"Modelbeam","name":"Testbook","id":"install-1"}` {
		t.Errorf("healthz: %s", body)
	}
}

// TestEveryFileOfThePageIsServed: no path of the page is taken for one of an API, as "/chat/..." would be,
// which clients write without "/v1".
func TestEveryFileOfThePageIsServed(t *testing.T) {
	g := newRig(t, nil)
	for _, f := range page.Files(func() []string { return nil }) {
		if res, body := fetch(t, g.request("GET", f.Path, "", "Accept", "text/html", "Authorization", "")); res.StatusCode != 200 || body == "" {
			t.Errorf("%s: status %d, %.80s", f.Path, res.StatusCode, body)
		}
	}
}

// TestRoot holds who gets the page: who opens the address in a browser. Everybody else gets what Ollama
// says, to the letter.
func TestRoot(t *testing.T) {
	g := newRig(t, nil)
	tests := []struct {
		name    string
		headers []string
		page    bool
	}{
		{"an app", nil, false},
		{"curl", []string{"Accept", "*/*", "User-Agent", "curl/8.0"}, false},
		{"JSON", []string{"Accept", "application/json"}, false},
		{"fetch in a page", []string{"Accept", "*/*", "Sec-Fetch-Mode", "cors", "Origin", "https://chat.example"}, false},
		{"a browser", []string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Mode", "navigate"}, true},
		{"an old browser", []string{"Accept", "text/html,*/*"}, true},
		{"a browser without a wish", []string{"Accept", "*/*", "Sec-Fetch-Mode", "navigate"}, true},
	}
	for _, tt := range tests {
		for _, path := range []string{"/", "/t/" + testKey, "/t/" + testKey + "/", "//"} {
			for _, method := range []string{"GET", "HEAD"} {
				req := g.request(method, path, "", append(tt.headers, "Authorization", "")...)
				res, body := fetch(t, req)
				kind, page := res.Header.Get("Content-Type"), strings.Contains(strings.ToLower(body), "<!doctype html>")
				switch {
				case res.StatusCode != 200 || method == "HEAD" && body != "":
					t.Errorf("%s: %s %s: status %d, %q", tt.name, method, path, res.StatusCode, body)
				case tt.page && (!strings.HasPrefix(kind, "text/html") || method == "GET" && !page):
					t.Errorf("%s: %s %s: %s, %.80q", tt.name, method, path, kind, body)
				case !tt.page && (kind != "text/plain; charset=utf-8" || res.Header.Get("Server") != "Modelbeam" || res.ContentLength != 17 || method == "GET" && body != "Ollama is running"):
					t.Errorf("%s: %s %s: %s of %d bytes, %.80q", tt.name, method, path, kind, res.ContentLength, body)
				}
			}
		}
	}
}

func TestPageIsPacked(t *testing.T) {
	g := newRig(t, nil)
	_, plain := fetch(t, g.request("GET", "/", "", "Accept", "text/html", "Accept-Encoding", "identity"))
	res, packed := fetch(t, g.request("GET", "/", "", "Accept", "text/html", "Accept-Encoding", "gzip, br"))
	if res.Header.Get("Content-Encoding") != "gzip" || len(packed) >= len(plain) || !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Accept-Encoding") {
		t.Fatalf("%v, %d bytes instead of %d", res.Header, len(packed), len(plain))
	}
	unpacked, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(unpacked); err != nil || string(got) != plain {
		t.Errorf("unpacked it is another file: %v", err)
	}
}

// TestNewAddressIsANewPage: a browser that is told "not modified" keeps the policy that it has.
func TestNewAddressIsANewPage(t *testing.T) {
	local := "http://modelbeam-ab12.local:8717"
	g := newRig(t, func(g *Gateway) { g.Local = func() string { return local } })
	page := func(etag string) *http.Response {
		res, _ := fetch(t, g.request("GET", "/", "", "Accept", "text/html", "If-None-Match", etag))
		return res
	}
	etag := page("").Header.Get("ETag")
	if res := page(etag); res.StatusCode != 304 {
		t.Errorf("the same page: %d", res.StatusCode)
	}
	local = "http://modelbeam-ab12.local:8718"
	if res := page(etag); res.StatusCode != 200 || !strings.Contains(res.Header.Get("Content-Security-Policy"), local) {
		t.Errorf("with another address: %d, %v", res.StatusCode, res.Header)
	}
}

// TestPageMayLookElsewhere: its policy names every address of ours that a policy can name, the document's alone, and
// where web pages are chosen ours is one of them at each of these.
func TestPageMayLookElsewhere(t *testing.T) {
	g := newRig(t, func(g *Gateway) {
		g.Origins = []string{"https://chat.example"}
		g.Local = func() string { return localAddress }
		g.URLs = func() []string {
			return []string{"http://192.168.1.20:8717", "http://[fd00::20]:8717", "http://x; script-src *", "https://a.example"}
		}
	})
	for path, want := range map[string]string{
		"/": "connect-src 'self' " + localAddress + " http://192.168.1.20:8717;", "/probe.html": "connect-src 'self' http://127.0.0.1:",
	} {
		res, _ := fetch(t, g.request("GET", path, "", "Accept", "text/html"))
		if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, want) || strings.Contains(policy, "script-src *") {
			t.Errorf("%s: policy is %q, want %q in it", path, policy, want)
		}
	}
	for origin, may := range map[string]bool{
		"http://192.168.1.20:8717": true, localAddress: true, "https://chat.example": true,
		"http://192.168.1.21:8717": false, "http://192.168.1.20": false, "null": false,
	} {
		res, _ := fetch(t, g.request("GET", "/v1/models", "", "Origin", origin))
		if got := res.Header.Get("Access-Control-Allow-Origin"); (got != "") != may {
			t.Errorf("a page of %s gets %q", origin, got)
		}
	}
}
