package tunnel

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
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
	for _, path := range []string{"/", "/t/" + testKey, "/t/" + testKey + "/"} {
		_, body := fetch(t, g.request("GET", path, "", "Authorization", ""))
		if !strings.Contains(body, `"product":"Modelbeam"`) || strings.Count(body, "\n") != 1 {
			t.Errorf("%s for an app: %q", path, body)
		}
	}
	for _, lang := range []string{"en", "zh"} {
		res, body := fetch(t, g.request("GET", "/translations/"+lang+".json", "", "Authorization", ""))
		if res.StatusCode != 200 || !json.Valid([]byte(body)) || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: status %d, %s", lang, res.StatusCode, body)
		}
	}
	if _, body := fetch(t, g.request("GET", "/healthz", "", "Authorization", "")); strings.TrimSpace(body) != `{"ok":true,"name":"Testbook","id":"install-1"}` {
		t.Errorf("healthz: %s", body)
	}
}

func TestOnlyTheProbeMayBeFramed(t *testing.T) {
	g := &Gateway{}
	files := fstest.MapFS{"index.html": {}, framedFile: {}, "deep/" + framedFile: {}}
	for _, rt := range g.fileRoutes("/", files) {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", rt.path, nil)
		r.Header.Set("Accept", "text/html")
		rt.serve(w, r)
		framed := rt.path == "/"+framedFile
		policy := w.Header().Get("Content-Security-Policy")
		if strings.Contains(policy, "frame-ancestors 'self'") != framed || (w.Header().Get("X-Frame-Options") == "DENY") == framed {
			t.Errorf("%s: %v", rt.path, w.Header())
		}
	}
}
