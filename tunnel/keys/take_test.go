package keys

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// FuzzTake holds that no key stays in a request, wherever it stood, and that the one that was put in is
// found.
func FuzzTake(f *testing.F) {
	f.Add("/v1/models", "Authorization", "Bearer KEY", "")
	f.Add("/t/KEY/v1/models", "Authorization", "Bearer ollama", "")
	f.Add("//t//KEY", "X-Goog-Api-Key", "KEY, KEY", "key=KEY")
	f.Add("/v1/realtime", "Sec-Websocket-Protocol", "realtime, openai-insecure-api-key.KEY", "model=x&key=KEY")
	f.Add("/v1/chat/completions", "Cookie", "a=KEY", "")
	f.Fuzz(func(t *testing.T, path, header, value, query string) {
		fill := func(s string) string { return strings.ReplaceAll(s, "KEY", testKey) }
		r := &http.Request{
			Method: "GET", Header: http.Header{"Accept": {"text/event-stream"}}, URL: &url.URL{Path: fill(path), RawQuery: fill(query)},
		}
		header = http.CanonicalHeaderKey(header)
		r.Header[header] = append(r.Header[header], fill(value))
		wanted := len(formed(fill(value))) > 0 && header != "" && !slices.Contains(ambient, header) && !strings.Contains(path+query, "mb_")
		keys := Take(r)
		if len(keys) > Max {
			t.Errorf("%d keys", len(keys))
		}
		for name, values := range r.Header {
			if left := formed(strings.Join(values, " ")); len(left) > 0 && name != "" {
				t.Errorf("%s still has %q", name, left)
			}
		}
		if key := r.URL.Query().Get("key"); key != "" {
			t.Errorf("the query still has %q", key)
		}
		if wanted && strings.Contains(value, "KEY") && !strings.Contains(value, "mb_") && !slices.Contains(keys, testKey) {
			t.Errorf("%s: %q: found %q", header, fill(value), keys)
		}
		if public := PublicPath(fill(path)); len(formed(public)) > 0 {
			t.Errorf("%q may be logged", public)
		}
	})
}
