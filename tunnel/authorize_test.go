package tunnel

import "testing"

// TestKeysThatCannotBeLookedUp: while the list of devices cannot be read, a key that is not known is
// not wrong.
func TestKeysThatCannotBeLookedUp(t *testing.T) {
	g := newRig(t, nil)
	g.keys.mu.Lock()
	g.keys.unread = true
	g.keys.mu.Unlock()
	for range 12 { // nor is it a guess, of which there may be ten
		req := g.request("GET", "/v1/models", "")
		req.Header.Set("Authorization", "Bearer mb_ZZZZZZZZZZZZZZZZZZZZZZ")
		if res, body := fetch(t, req); res.StatusCode != 503 || res.Header.Get("Retry-After") != "5" {
			t.Fatalf("an unknown key: %d %s", res.StatusCode, body)
		}
	}
	if res, body := fetch(t, g.request("GET", "/v1/models", "")); res.StatusCode != 200 {
		t.Errorf("a known key: %d %s", res.StatusCode, body)
	}
	req := g.request("GET", "/v1/models", "")
	req.Header.Del("Authorization")
	if res, _ := fetch(t, req); res.StatusCode != 401 {
		t.Errorf("no key: %d", res.StatusCode)
	}
}
