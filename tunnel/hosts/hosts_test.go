package hosts

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzName holds that what passes as an address or a name of ours is nothing else to a browser
// or to another parser.
func FuzzName(f *testing.F) {
	for _, host := range []string{"192.168.1.20:8717", "[::1]:80", "laptop.local.", "evil.example", "[fe80::1%25eth0]", "a]b", "1.2.3.4:80@evil.example"} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		name, ok := Name(host)
		if !ok || !CannotBeRebound(name) {
			return
		}
		u, err := url.Parse("http://" + host + "/")
		if err != nil {
			return // nothing that a browser asks for
		}
		if got := strings.TrimSuffix(u.Hostname(), "."); !strings.EqualFold(got, name) && !strings.Contains(got, "%") && strings.Count(host, ":") < 2 {
			t.Errorf("%q is %q here and %q to others", host, name, got)
		}
	})
}
