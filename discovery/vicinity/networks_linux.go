package vicinity

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"modelbeam/discovery/lan"
)

// networks are those of the candidates, with who is on them.
func networks(_ context.Context, candidates []lan.Candidate) ([]Network, error) {
	table, err := neighbourTable()
	if err != nil {
		return nil, err
	}
	defaults, _ := routes() // unreadable: no router is known
	var all []Network
	for _, c := range candidates {
		n := about(c, table, defaults)
		n.Wireless, n.Wired = medium(c.Interface)
		n.TakenBy, n.Unreachable = takenBy(c, n.Gateway)
		all = append(all, n)
	}
	return all, nil
}

// medium goes by sysfs: what is hardware has a link to it, and what speaks 802.11 a radio.
func medium(name string) (wireless, wired bool) {
	has := func(what string) bool {
		_, err := os.Stat(filepath.Join("/sys/class/net", name, what))
		return err == nil
	}
	wireless = has("wireless") || has("phy80211")
	return wireless, !wireless && has("device")
}

// takenBy is the interface by which packets of ours to a candidate's network leave, where it is another one, that has
// no address on this network itself: two cables into one network take nothing from each other. It is closed where no
// packet leaves at all.
func takenBy(c lan.Candidate, gateway netip.Addr) (name string, closed bool) {
	for _, to := range samples(c, gateway) {
		index, err := wayTo(to, c.Addr)
		if errors.Is(err, errNoRoute) {
			closed = true
		}
		if err != nil || index == c.Index {
			continue
		}
		other, err := net.InterfaceByIndex(index)
		if err == nil && !hasAddress(other, c.Prefix.Masked()) {
			return other.Name, closed
		}
	}
	return "", closed
}

// hasAddress says that an interface has an address within a network.
func hasAddress(ifc *net.Interface, network netip.Prefix) bool {
	all, _ := ifc.Addrs()
	return slices.ContainsFunc(all, func(a net.Addr) bool {
		p, err := netip.ParsePrefix(a.String())
		return err == nil && network.Contains(p.Addr().Unmap())
	})
}

// vpn is the interface of a VPN that takes all traffic, by the kernel's own choice of a way to the internet.
func vpn() string {
	index, err := wayTo(internet, netip.Addr{})
	if err != nil {
		return "" // no way at all
	}
	ifc, err := net.InterfaceByIndex(index)
	if err != nil || !isTunnel(ifc) {
		return ""
	}
	return ifc.Name
}

// isTunnel says that an interface is one of software, and leads to one other place: WireGuard's, OpenVPN's and those
// of IPsec have no neighbours to ask for. A modem for mobile networks looks the same, and is hardware.
func isTunnel(ifc *net.Interface) bool {
	if _, wired := medium(ifc.Name); wired {
		return false
	}
	return ifc.Flags&net.FlagPointToPoint != 0 || kindOf(ifc.Name) == "tun" || namedTunnel(ifc.Name)
}

// kindOf is what sysfs says of a device of software: "tun" for those that a program has made, tap devices among them.
func kindOf(name string) string {
	if _, err := os.Stat(filepath.Join("/sys/class/net", name, "tun_flags")); err == nil {
		return "tun"
	}
	return ""
}
