package lan

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// What speaks for and against an address. One virtual interface must not win over a real one by
// anything else that it has; a real one without a gateway (a router that is offline, a hotspot of
// this machine's own) must win over a VPN that takes all traffic.
const (
	scoreGateway  = 60 // the interface has a default gateway of its own, also while a VPN has the traffic
	scoreSource   = 40 // packets to the internet leave from this address
	scorePhysical = 30
	scorePrivate  = 10 // RFC 1918

	scoreVirtual      = -100 // by its name
	scoreVirtualRange = -30  // by its address: what Docker, VirtualBox and others use by themselves
	// The ends of containers' cables on the host are named veth, but have no IPv4 address. One that
	// does have one is the way out of the network namespace that we are in.
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

// virtualPrefixes are how the names of virtual interfaces begin on Linux and macOS: containers,
// virtual machines, VPNs, and Apple's own links between devices (awdl, llw, anpi; bridge100 and
// up are networks that macOS makes for virtual machines).
var virtualPrefixes = []string{
	"docker", "br-", "virbr", "vmnet", "vboxnet", "cni", "flannel", "podman", "lxc", "lxd",
	"tun", "tap", "wg", "utun", "tailscale", "zt", "ham", "awdl", "llw", "anpi", "bridge1", "ppp",
}

// virtualWords are found anywhere in the names and descriptions of virtual adapters on Windows.
var virtualWords = []string{
	"vethernet", "virtualbox", "vmware", "hyper-v", "wsl", "radmin", "nordlynx", "openvpn", "zerotier",
	"tailscale", "wireguard", "wintun", "tap-windows", "hamachi", "vpn",
}

// rank scores every address that could be reached from another machine, best first. It looks at
// nothing but the snapshot.
func rank(s snapshot) []Candidate {
	var list, last []Candidate
	for _, n := range s.nics {
		for _, p := range n.prefixes {
			c := Candidate{Addr: p.Addr(), Prefix: p, Interface: n.name, Score: n.score(p, s.source)}
			switch {
			case !n.reachable(p):
			case linkLocal.Contains(p.Addr()):
				last = append(last, c)
			default:
				list = append(list, c)
			}
		}
	}
	if len(list) == 0 {
		list = last
	}
	slices.SortStableFunc(list, func(a, b Candidate) int {
		return cmp.Or(
			compareBool(shared.Contains(a.Addr), shared.Contains(b.Addr)),
			cmp.Compare(b.Score, a.Score),
			cmp.Compare(a.Interface, b.Interface),
			a.Addr.Compare(b.Addr),
		)
	})
	return list
}

// reachable says whether another machine could be on p's network at all. Tailscale's interface
// has all the marks of one where none could be, and yet is reachable.
func (n nic) reachable(p netip.Prefix) bool {
	if !n.up || n.loopback || p.Addr().IsLoopback() || p.Addr().IsUnspecified() || p.Addr().IsMulticast() {
		return false
	}
	return shared.Contains(p.Addr()) || !n.pointToPoint && p.Bits() < 32
}

// score adds up what holds for one address. It says nothing about whether the address can be
// reached: that is reachable's, so that no sum of points can bring back what cannot work.
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

// virtual says whether the name looks like that of a virtual interface. A bridge that a person has
// made (br0, bridge0) does not: on servers it often stands in for the real interface.
func (n nic) virtual() bool {
	name := strings.ToLower(n.name)
	for _, prefix := range virtualPrefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	text := name + " " + strings.ToLower(n.description)
	for _, word := range virtualWords {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// inVirtualRange weighs little on its own: it only decides between interfaces that are otherwise
// alike.
func inVirtualRange(addr netip.Addr) bool {
	return slices.ContainsFunc(virtualRanges, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// compareBool puts false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
