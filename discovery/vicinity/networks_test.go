package vicinity

import (
	"net/netip"
	"strings"
	"testing"

	"modelbeam/discovery/lan"
)

func TestSamples(t *testing.T) {
	for _, tt := range []struct {
		prefix, gateway string
		want            string
	}{
		{"192.168.7.20/24", "192.168.7.1", "192.168.7.1 192.168.7.254 192.168.7.1"},
		{"192.168.7.1/24", "", "192.168.7.254"},
		{"10.1.2.3/8", "10.0.0.138", "10.0.0.1 10.255.255.254 10.0.0.138"},
		{"172.20.10.2/28", "172.20.10.1", "172.20.10.1 172.20.10.14 172.20.10.1"},
		{"192.168.7.20/24", "10.0.0.1", "192.168.7.1 192.168.7.254"},
		{"203.0.113.7/32", "10.0.0.1", ""},
		{"0.0.0.0/0", "", "0.0.0.1 255.255.255.254"},
	} {
		c := lan.Candidate{Prefix: netip.MustParsePrefix(tt.prefix), Addr: netip.MustParsePrefix(tt.prefix).Addr()}
		gateway, _ := netip.ParseAddr(tt.gateway)
		var got []string
		for _, a := range samples(c, gateway) {
			got = append(got, a.String())
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s by %s: %v, want %s", tt.prefix, tt.gateway, got, tt.want)
		}
	}
}

// TestAbout: two networks on one interface, each with its router; an address without a network has one elsewhere.
func TestAbout(t *testing.T) {
	addr := netip.MustParseAddr
	candidate := func(prefix string, index int) lan.Candidate {
		p := netip.MustParsePrefix(prefix)
		return lan.Candidate{Addr: p.Addr(), Prefix: p, Interface: "wlan0", Index: index}
	}
	line := func(ip string, index int, mac string) entry {
		return entry{Neighbour{Addr: addr(ip), MAC: mac, Failed: mac == ""}, index}
	}
	routes := []route{{index: 2, gateway: addr("192.168.7.1")}, {index: 2, gateway: addr("10.0.0.1")}, {index: 3, gateway: addr("10.9.9.9")}}
	table := []entry{
		line("192.168.7.1", 2, "aa:bb:cc:dd:ee:ff"), line("192.168.7.30", 2, "66:77:88:99:aa:bb"), line("192.168.7.31", 3, "66:77:88:99:aa:bc"),
		line("10.0.0.1", 2, ""), line("10.0.0.7", 2, ""), line("10.9.9.9", 3, "aa:bb:cc:dd:ee:00"),
	}
	for _, tt := range []struct {
		c       lan.Candidate
		gateway string
		seen    bool
		others  string
	}{
		{candidate("192.168.7.20/24", 2), "192.168.7.1", true, "192.168.7.30"},
		{candidate("10.0.0.20/24", 2), "10.0.0.1", false, "10.0.0.7"},
		{candidate("203.0.113.7/32", 3), "10.9.9.9", true, ""},
		{candidate("192.168.9.1/24", 4), "invalid IP", false, ""},
	} {
		n := about(tt.c, table, routes)
		var others []string
		for _, o := range n.Neighbours {
			others = append(others, o.Addr.String())
		}
		if n.Gateway.String() != tt.gateway || n.GatewaySeen != tt.seen || strings.Join(others, " ") != tt.others {
			t.Errorf("%s: %+v", tt.c.Prefix, n)
		}
	}
	twice := []lan.Candidate{candidate("192.168.7.20/24", 2), candidate("192.168.7.21/24", 2)}
	if got := within(twice, table, routes); len(got) != 2 || !got[0].Router || got[1].Router {
		t.Errorf("of two addresses in one network: %+v", got)
	}
}
