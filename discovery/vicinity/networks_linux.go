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
		n.Unreachable = n.take(c, candidates)
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

// take finds the interface by which packets of ours to a candidate's network leave, where it is another one. Two that
// phones can be on, both in the same network, take nothing from each other. The result says that no packet leaves at all.
func (n *Network) take(c lan.Candidate, candidates []lan.Candidate) (closed bool) {
	for _, to := range samples(c, n.Gateway) {
		index, err := wayTo(to, c.Addr)
		if errors.Is(err, errNoRoute) {
			closed = true
		}
		if err != nil || index == c.Index || slices.ContainsFunc(candidates, func(b lan.Candidate) bool {
			return b.Index == index && b.Prefix.Overlaps(c.Prefix)
		}) {
			continue
		}
		if other, err := net.InterfaceByIndex(index); err == nil {
			n.TakenBy, n.Overlaps = other.Name, !isTunnel(other)
			return closed
		}
	}
	return closed
}

// vpn is the interface of a VPN that takes all traffic, by the kernel's own choice of a way to the internet.
func vpn(context.Context) string {
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
