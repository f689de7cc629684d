package lan

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// What speaks for and against an address. A virtual interface must never win over a real one, whatever else
// speaks for it. A real one without a gateway (its router is offline, or it is this machine's own hotspot)
// must win over a VPN that takes all traffic.
const (
	scoreGateway  = 60 // the interface has a default gateway of its own, also while a VPN has the traffic
	scoreSource   = 40 // packets to the internet leave from this address
	scorePhysical = 30
	scorePrivate  = 10 // RFC 1918

	scoreVirtual      = -100 // by its name
	scoreVirtualRange = -30  // by its address: what Docker, VirtualBox and others use by themselves
	// The host's end of a container's cable is named veth, but has no IPv4 address. One that has an address
	// is the way out of the network namespace that we are in.
	scoreVeth = -20
)

// Two ranges in which an address says more than its interface does.
var (
	shared    = netip.MustParsePrefix("100.64.0.0/10")  // RFC 6598; Tailscale's
	linkLocal = netip.MustParsePrefix("169.254.0.0/16") // RFC 3927
)

// virtualRanges are what software gives to its own networks when it is not told otherwise: Docker,
// VirtualBox, libvirt and Apple's virtualisation. A home may have one of them too.
var virtualRanges = []netip.Prefix{
	netip.MustParsePrefix("172.17.0.0/16"),
	netip.MustParsePrefix("192.168.56.0/24"),
	netip.MustParsePrefix("192.168.122.0/24"),
	netip.MustParsePrefix("192.168.64.0/24"),
}

// rank scores every address that could be reached from another machine, best first. It looks at
// nothing but the snapshot.
func rank(s snapshot) Survey {
	by := make(map[scope][]Candidate)
	for _, n := range s.nics {
		for _, p := range n.prefixes {
			c := Candidate{Addr: p.Addr(), Prefix: p, Interface: n.name, Index: n.index, Score: n.score(p, s.source)}
			what := n.scope(p, s.inside)
			c.Likely = what == usable && n.gateway
			by[what] = append(by[what], c)
		}
	}
	for _, list := range by {
		slices.SortStableFunc(list, better)
	}
	list := by[overlay]
	if len(by[usable]) > 0 {
		// A phone may be in the same VPN. It is worth offering if it looks like a real network.
		vpns := slices.DeleteFunc(by[vpn], func(c Candidate) bool { return c.Score < 0 })
		list = slices.Concat(by[usable], vpns, by[overlay])
	}
	if len(list) > 0 {
		return Survey{Candidates: list}
	}
	return Survey{Missing: s.missing(by)}
}

// missing is why there is no candidate. If there are several reasons, the most telling one wins.
func (s snapshot) missing(by map[scope][]Candidate) Reason {
	switch {
	case len(by[contained]) > 0 && s.inside == wsl:
		return InWSL
	case len(by[contained]) > 0:
		return InContainer
	case len(by[selfAssigned]) > 0:
		return SelfAssigned
	case len(by[vpn]) > 0, slices.ContainsFunc(s.nics, nic.tunnel):
		return OnlyVPN
	case slices.ContainsFunc(s.nics, func(n nic) bool { return n.up && !n.loopback && n.global6 && !n.virtual() && n.kind != "tun" }):
		return OnlyIPv6
	}
	return NoNetwork
}

func better(a, b Candidate) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Interface, b.Interface), a.Addr.Compare(b.Addr))
}

// reachable says whether another machine could be on p's network at all. Tailscale's interface looks like one
// where nobody could be, and yet others are there. Some networks give each guest an address without a
// network (/32), and a router to everybody else.
func (n nic) reachable(p netip.Prefix) bool {
	if !n.up || n.loopback || p.Addr().IsLoopback() || p.Addr().IsUnspecified() || p.Addr().IsMulticast() {
		return false
	}
	return shared.Contains(p.Addr()) || !n.pointToPoint && (p.Bits() < 32 || n.gateway)
}

// tunnel says whether it leads to the other end of a VPN and to nobody else, as those of WireGuard and OpenVPN do:
// no phone could be there, so that none of its addresses is in any scope. With ppp it may as well be a modem.
func (n nic) tunnel() bool {
	known := n.kind == "tun" || n.kind == "wireguard" || n.named(vpnPrefixes, vpnWords) && !strings.HasPrefix(n.name, "ppp")
	return n.up && n.pointToPoint && len(n.prefixes) > 0 && known
}

// score adds up what speaks for and against one address. Whether it can be reached at all is decided by
// reachable, so that no number of points can bring back what cannot work.
func (n nic) score(p netip.Prefix, source netip.Addr) int {
	score := 0
	for _, point := range []struct {
		holds bool
		score int
	}{
		{n.gateway, scoreGateway},
		{p.Addr() == source, scoreSource},
		{n.physical, scorePhysical},
		{p.Addr().IsPrivate(), scorePrivate},
		{n.virtual(), scoreVirtual},
		{strings.HasPrefix(n.name, "veth"), scoreVeth},
		{inVirtualRange(p.Addr()), scoreVirtualRange},
	} {
		if point.holds {
			score += point.score
		}
	}
	return score
}

// inVirtualRange weighs little: it only decides between interfaces that are otherwise alike.
func inVirtualRange(addr netip.Addr) bool {
	return slices.ContainsFunc(virtualRanges, func(p netip.Prefix) bool { return p.Contains(addr) })
}
