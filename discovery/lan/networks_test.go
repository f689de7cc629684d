package lan

import (
	"net/netip"
	"testing"
)

func TestNetworkOf(t *testing.T) {
	tests := []struct {
		address      string
		pointToPoint bool
		want         string
	}{
		{"192.168.1.20/24", false, "192.168.1.0/24"},
		{"11.22.33.1/24", false, "11.22.33.0/24"},
		{"25.10.0.1/8", false, "25.0.0.0/8"},
		{"203.0.113.7/32", false, "203.0.113.7/32"},
		{"100.100.1.2/32", true, "100.100.1.2/32"},
		{"2001:db8:5::1/64", false, "2001:db8:5::/64"},
		{"2001:db8:5::1/48", false, "2001:db8:5::/48"},
		{"2001:db8:5::1234/128", false, "2001:db8:5::/64"},
		{"2001:db8:5::1234/128", true, "2001:db8:5::1234/128"},
	}
	for _, tt := range tests {
		if got := networkOf(netip.MustParsePrefix(tt.address), tt.pointToPoint); got != netip.MustParsePrefix(tt.want) {
			t.Errorf("%s, point to point %v: %s, want %s", tt.address, tt.pointToPoint, got, tt.want)
		}
	}
}

func TestNetworksOfThisMachine(t *testing.T) {
	all, err := Networks()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.Addr().IsLoopback() || p.Bits() == 0 || p != p.Masked() {
			t.Errorf("%s is no network of ours", p)
		}
	}
	survey, err := Look()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range survey.Candidates {
		found := false
		for _, p := range all {
			found = found || p.Contains(c.Addr)
		}
		if !found {
			t.Errorf("%s is in none of %v", c.Addr, all)
		}
	}
}

func TestHas(t *testing.T) {
	for addr, want := range map[string]bool{"127.0.0.1": true, "127.0.0.9": true, "::1": true, "192.0.2.254": false, "2001:db8::fe": false} {
		if got := Has(netip.MustParseAddr(addr)); got != want {
			t.Errorf("it has %s: %v", addr, got)
		}
	}
}

// TestIsGlobal6: an IPv4 address in the clothes of IPv6 is none, and one of this link alone leads nowhere.
func TestIsGlobal6(t *testing.T) {
	for text, want := range map[string]bool{
		"2001:db8::1/64": true, "fd00::1/64": true, "fe80::1/64": false, "::1/128": false, "::ffff:192.0.2.1/128": false, "192.0.2.1/24": false,
	} {
		if got := isGlobal6(address(text)); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// address is one as the net package hands it out.
type address string

func (address) Network() string  { return "ip+net" }
func (a address) String() string { return string(a) }
