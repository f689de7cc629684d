package tunnel

import (
	"strings"
	"testing"
)

// TestOtherPagesLearnNothingThatLasts asks as browsers do for pages of ours and of others.
func TestOtherPagesLearnNothingThatLasts(t *testing.T) {
	g := newRig(t, nil)
	tests := []struct {
		name    string
		headers []string
		foreign bool
	}{
		{"no browser", nil, false},
		{"our own page", []string{"Origin", g.url}, false},
		{"our own page, in capitals", []string{"Origin", strings.ToUpper(g.url)}, false},
		{"our own page, on https", []string{"Sec-Fetch-Site", "same-origin"}, false},
		{"typed", []string{"Sec-Fetch-Site", "none"}, false},
		{"another page", []string{"Origin", "https://evil.example"}, true},
		{"another port of ours", []string{"Origin", "http://127.0.0.1:1"}, true},
		{"https of the same name", []string{"Origin", strings.Replace(g.url, "http:", "https:", 1)}, true},
		{"a frame without an origin", []string{"Origin", "null"}, true},
		{"a file", []string{"Origin", "file://"}, true},
		{"an extension", []string{"Origin", "chrome-extension://abcdef"}, true},
		{"cross-site", []string{"Sec-Fetch-Site", "cross-site"}, true},
		{"same site", []string{"Sec-Fetch-Site", "same-site"}, true},
		{"cross-site with our origin", []string{"Origin", g.url, "Sec-Fetch-Site", "cross-site"}, true},
	}
	for _, tt := range tests {
		for _, path := range []string{"/healthz", "/"} {
			res, body := fetch(t, g.request("GET", path, "", append([]string{"Authorization", ""}, tt.headers...)...))
			if res.StatusCode != 200 {
				t.Errorf("%s, %s: status %d", tt.name, path, res.StatusCode)
			}
			if known := strings.Contains(body, "install-1") || strings.Contains(body, "Testbook"); known && tt.foreign {
				t.Errorf("%s, %s: %s", tt.name, path, body)
			}
			if id := strings.Contains(body, "install-1"); path == "/healthz" && id == tt.foreign {
				t.Errorf("%s, %s: %s", tt.name, path, body)
			}
		}
	}
}

// TestEmptyOrigin is what WebKitGTK sends for a page of a scheme of its own.
func TestEmptyOrigin(t *testing.T) {
	g := newRig(t, nil)
	_, body := raw(t, g.addr, "GET /healthz HTTP/1.1\r\nHost: "+g.addr+"\r\nOrigin: \r\nConnection: close\r\n\r\n")
	if strings.TrimSpace(body) != `{"ok":true,"product":"Modelbeam"}` {
		t.Error(body)
	}
}
