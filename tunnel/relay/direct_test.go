package relay

import (
	"net/url"
	"testing"
)

func TestHostForIPv6Loopback(t *testing.T) {
	for in, want := range map[string]string{
		"http://[::1]:5000": "localhost:5000", "http://127.0.0.1:5000": "127.0.0.1:5000", "http://nas.local": "nas.local",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := upstreamHost(u); got != want {
			t.Errorf("%s: Host %q, want %q", in, got, want)
		}
	}
}
