package page

import (
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

func nowhere() []string { return nil }

func TestOnlyTheProbeMayBeFramed(t *testing.T) {
	files := fstest.MapFS{"index.html": {}, framedFile: {}, "deep/" + framedFile: {}}
	for _, f := range below("/", files, nil, nowhere) {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", f.Path, nil)
		r.Header.Set("Accept", "text/html")
		f.Serve(w, r)
		framed := f.Path == "/"+framedFile
		policy := w.Header().Get("Content-Security-Policy")
		if strings.Contains(policy, "frame-ancestors 'self'") != framed || (w.Header().Get("X-Frame-Options") == "DENY") == framed {
			t.Errorf("%s: %v", f.Path, w.Header())
		}
	}
}

// TestFramedPolicySpellsTheOrigin: the frame's own address stands in its policy, because to WebKit
// 'self' means nothing there; and nothing else that a Host header may hold does.
func TestFramedPolicySpellsTheOrigin(t *testing.T) {
	files := below("/", fstest.MapFS{"index.html": {}, framedFile: {}}, nil, nowhere)
	for _, tt := range []struct{ host, origin string }{
		{"192.168.1.20:8717", "http://192.168.1.20:8717"},
		{"192.168.1.20", "http://192.168.1.20"},
		{"modelbeam-1a2b.local:8717", "http://modelbeam-1a2b.local:8717"},
		{"localhost:1", "http://localhost:1"},
		{"[fd00::20]:8717", "http:"}, // which a policy cannot name
		{"[::1]", "http:"},
		{"laptop.local.:8717", "http:"},
		{"", "http:"},
		{"x; script-src *", "http:"},
		{"x;script-src", "http:"},
		{"*", "http:"},
		{"'unsafe-inline'", "http:"},
		{"192.168.1.20:8717,evil.example", "http:"},
		{"a\r\nSet-Cookie:b", "http:"},
		{"192.168.1.20:", "http:"},
		{"192.168.1.20:871777", "http:"},
	} {
		for _, f := range files {
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", f.Path, nil)
			r.Host = tt.host
			r.Header.Set("Accept", "text/html")
			f.Serve(w, r)
			policy := w.Header().Get("Content-Security-Policy")
			want := "default-src 'none'; script-src ; connect-src 'self' " + tt.origin +
				"; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
			if f.Path == "/" {
				want = strings.NewReplacer(scriptHashes, "", styleHashes, "").Replace(pagePolicy)
			}
			if policy != want {
				t.Errorf("%s of %q: %s", f.Path, tt.host, policy)
			}
		}
	}
}

// TestFilesArePackedOnce: what many phones load is packed when the first of them asks for it, and not for each.
func TestFilesArePackedOnce(t *testing.T) {
	text := strings.Repeat("a word ", 1000)
	all := below("/translations/", fstest.MapFS{"de.json": {Data: []byte(text)}, "small.json": {Data: []byte("{}")}}, nil, nowhere)
	for _, f := range all {
		ask := func(accept string) (encoding, body string) {
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", f.Path, nil)
			r.Header.Set("Accept-Encoding", accept)
			f.Serve(w, r)
			return w.Header().Get("Content-Encoding"), w.Body.String()
		}
		encoding, packed := ask("gzip")
		if want := map[string]string{"/translations/de.json": "gzip"}[f.Path]; encoding != want {
			t.Errorf("%s comes with the encoding %q, want %q", f.Path, encoding, want)
		}
		if encoding, plain := ask(""); encoding != "" || plain != text && plain != "{}" {
			t.Errorf("%s without gzip: %q, %d bytes", f.Path, encoding, len(plain))
		}
		const times = 20
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range times {
			if _, again := ask("gzip"); again != packed {
				t.Fatalf("%s is something else each time", f.Path)
			}
		}
		runtime.ReadMemStats(&after)
		// To pack anything takes hundreds of kilobytes, however little it is.
		if each := (after.TotalAlloc - before.TotalAlloc) / times; each > 100<<10 {
			t.Errorf("%s takes %d bytes of memory each time", f.Path, each)
		}
	}
}
