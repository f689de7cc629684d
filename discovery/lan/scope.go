package lan

import (
	"net/netip"
	"slices"
	"strings"
)

// scope says what kind of network an address belongs to, as far as phones are concerned.
type scope uint8

const (
	unreachable  scope = iota // nobody else can be there
	usable                    // phones may be there
	overlay                   // devices that have joined it, wherever they are
	vpn                       // somebody else's network, which only this machine has joined
	own                       // this machine's own: containers, virtual machines
	contained                 // the network that such a container or machine is given, seen from within
	selfAssigned              // nobody's: no router answered
)

// How the names of virtual interfaces begin on Linux and macOS. The first lead to this machine's own containers
// and virtual machines (bridge100 and up on macOS) or to other Apple devices (awdl, llw, anpi), the second
// into VPNs, the third into networks that devices join from anywhere.
var (
	ownPrefixes = []string{
		"docker", "br-", "virbr", "vmnet", "vboxnet", "cni", "flannel", "podman", "lxc", "lxd", "bridge1", "awdl", "llw", "anpi",
	}
	vpnPrefixes     = []string{"tun", "tap", "wg", "utun", "ppp"}
	overlayPrefixes = []string{"tailscale", "zt", "ham"}
)

// ownKinds are the kinds of devices that lead to nobody, or to the containers of other machines, whatever
// they are called.
var ownKinds = []string{"dummy", "vxlan", "geneve"}

// The same for Windows, where these are found anywhere in the names and descriptions of adapters.
var (
	ownWords     = []string{"vethernet", "virtualbox", "vmware", "hyper-v", "wsl"}
	vpnWords     = []string{"nordlynx", "openvpn", "wireguard", "wintun", "tap-windows", "vpn"}
	overlayWords = []string{"radmin", "zerotier", "tailscale", "hamachi"}
)

// containerRanges are what containers are given where nobody chose: by Docker (and WSL), Podman and
// two distributions of Kubernetes.
var containerRanges = []netip.Prefix{
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("10.88.0.0/16"),
	netip.MustParsePrefix("10.42.0.0/16"),
	netip.MustParsePrefix("10.244.0.0/16"),
}

// dockers is the range of Docker's first network, which homes avoid.
var dockers = netip.MustParsePrefix("172.17.0.0/16")

// scope judges one address of n. A bridge is what its ports are: one that a person has built on the machine's
// real interface (br0, vmbr0, br-lan) is that interface's network, and one without a real port leads to
// virtual machines, whatever its name. A virtual network that has a router is a real one that was passed
// through to us.
func (n nic) scope(p netip.Prefix, in surroundings) scope {
	switch {
	case !n.reachable(p):
		return unreachable
	case linkLocal.Contains(p.Addr()):
		return selfAssigned
	case n.named(overlayPrefixes, overlayWords), shared.Contains(p.Addr()) && (n.virtual() || n.pointToPoint || n.kind == "tun"):
		return overlay
	case n.contained(p.Addr(), in):
		return contained
	case n.gateway && n.named(ownPrefixes, ownWords), n.kind == "bridge" && !n.lonely:
		return usable
	case (n.lonely || slices.Contains(ownKinds, n.kind)) && !n.gateway, n.named(ownPrefixes, ownWords):
		return own
	case n.kind == "tun", n.kind == "wireguard", n.named(vpnPrefixes, vpnWords):
		return vpn
	}
	return usable
}

// contained says that a is this container's end of its cable, or that of the Linux in Windows. A container that
// shares the machine's own network has other addresses.
func (n nic) contained(a netip.Addr, in surroundings) bool {
	inRange := slices.ContainsFunc(containerRanges, func(r netip.Prefix) bool { return r.Contains(a) })
	switch {
	case in == wsl:
		return inRange && strings.HasPrefix(n.name, "eth")
	case n.kind != "veth" || !strings.HasPrefix(n.name, "eth"):
		return false
	}
	return dockers.Contains(a) || in == container && inRange
}

// virtual says whether the name looks like that of a virtual interface.
func (n nic) virtual() bool {
	return n.named(ownPrefixes, ownWords) || n.named(vpnPrefixes, vpnWords) || n.named(overlayPrefixes, overlayWords)
}

// named says whether the name begins with one of the prefixes, or has one of the words in it or in
// the description.
func (n nic) named(prefixes, words []string) bool {
	name := strings.ToLower(n.name)
	text := name + " " + strings.ToLower(n.description)
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) ||
		slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}
