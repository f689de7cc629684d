package vicinity

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"modelbeam/discovery/lan"
)

// entry is a line of the system's table of neighbours.
type entry struct {
	Neighbour
	index int // of the interface
}

// route is a default route by way of a router.
type route struct {
	index   int // of the interface
	gateway netip.Addr
	metric  int // the lowest is taken
}

// within are the neighbours on the candidates' networks, those of the first candidate first.
func within(candidates []lan.Candidate, table []entry, routes []route) []Neighbour {
	var all []Neighbour
	for i, c := range candidates {
		if slices.ContainsFunc(candidates[:i], func(b lan.Candidate) bool { return b.Index == c.Index && b.Prefix.Masked() == c.Prefix.Masked() }) {
			continue // another address on the same network
		}
		for _, e := range table {
			if on(c, e) {
				e.Interface = c.Interface
				e.Router = slices.ContainsFunc(routes, func(r route) bool { return r.index == e.index && r.gateway == e.Addr })
				all = append(all, e.Neighbour)
			}
		}
	}
	return all
}

// on says that an entry belongs to another machine on a candidate's network.
func on(c lan.Candidate, e entry) bool {
	return e.index == c.Index && c.Prefix.Contains(e.Addr) && e.Addr != c.Addr
}

// routerFor is the router that a candidate's network has: the best by its interface, one within the network before
// others. Some networks give addresses without a network (/32), and a router elsewhere.
func routerFor(c lan.Candidate, routes []route) (gateway netip.Addr) {
	for _, r := range routes {
		switch {
		case r.index != c.Index:
		case c.Prefix.Contains(r.gateway):
			return r.gateway
		case !gateway.IsValid():
			gateway = r.gateway
		}
	}
	return gateway
}

// samples are addresses of a network, from both its halves and none of them ours: a VPN that takes a network with two
// routes, one for each half, takes these.
func samples(c lan.Candidate, gateway netip.Addr) []netip.Addr {
	network := c.Prefix.Masked()
	list := []netip.Addr{network.Addr().Next(), lastOf(network).Prev(), gateway}
	return slices.DeleteFunc(list, func(a netip.Addr) bool { return !a.IsValid() || !network.Contains(a) || a == c.Addr })
}

// lastOf is the last address of an IPv4 network, its broadcast address.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	return netip.AddrFrom4(b)
}

// about is what is known of a candidate's network from the two tables.
func about(c lan.Candidate, table []entry, routes []route) Network {
	n := Network{Interface: c.Interface, Addr: c.Addr, Prefix: c.Prefix.Masked(), Gateway: routerFor(c, routes)}
	for _, e := range table {
		if e.index == c.Index && e.Addr == n.Gateway {
			n.GatewaySeen = e.MAC != "" && !e.Failed
		}
	}
	for _, other := range within([]lan.Candidate{c}, table, routes) {
		if other.Addr != n.Gateway {
			n.Neighbours = append(n.Neighbours, other)
		}
	}
	return n
}

// internet is an address for documentation (RFC 5737), which nobody has: what would leave for it goes the way that
// everything goes.
var internet = netip.MustParseAddr("192.0.2.1")

// tunnels are how the names of VPNs' interfaces begin, on Linux and macOS.
var tunnels = []string{"tun", "tap", "wg", "utun", "ppp", "ipsec", "vti", "xfrm", "nordlynx", "proton", "mullvad", "tailscale", "zt"}

// namedTunnel says whether an interface is called as those of VPNs are.
func namedTunnel(name string) bool {
	return slices.ContainsFunc(tunnels, func(begin string) bool { return strings.HasPrefix(strings.ToLower(name), begin) })
}

// plainName is a Wi-Fi's name as text. It is any 32 bytes (IEEE 802.11 section 9.4.2.2), and somebody else's choice:
// what is no text, and what is not printed, is left out.
func plainName(ssid []byte) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, string(ssid))
}
