package keys

import "testing"

// TestPublicPath hides a key in whatever place and form it is known by.
func TestPublicPath(t *testing.T) {
	for path, want := range map[string]string{
		"/v1/models": "/v1/models", "/t/" + testKey + "/v1/models": "/v1/models", "//t//M" + testKey[1:]: "/", "mb": "mb", "": "",
		"/v1/" + testKey + "/x": "/v1/…", "/v1/M" + testKey[1:]: "/v1/…", "/T/MB_" + testKey[3:]: "/T/…", "/v1/models/İ" + testKey: "/v1/models/İ…",
	} {
		if got := PublicPath(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}
