package lan

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
)

// Networks returns the networks that this machine is in, of IPv4 and of IPv6: the prefixes of all
// interfaces that are up, except loopback, also of those that phones are hardly ever on. It takes well below a
// millisecond and sends nothing.
func Networks() ([]netip.Prefix, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("list network interfaces: %w", err)
	}
	var all []netip.Prefix
	for _, ifc := range interfaces {
		addrs, err := ifc.Addrs()
		if err != nil || ifc.Flags&net.FlagUp == 0 || ifc.Flags&net.FlagLoopback != 0 {
			continue
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Bits() > 0 { // 0: everybody
				all = append(all, networkOf(p, ifc.Flags&net.FlagPointToPoint != 0))
			}
		}
	}
	return all, nil
}

// Has says whether this machine has the address, on any of its interfaces. If the system does not tell, it says
// yes.
func Has(addr netip.Addr) bool {
	all, err := net.InterfaceAddrs()
	return err != nil || addr.IsLoopback() || slices.ContainsFunc(all, func(a net.Addr) bool {
		p, err := netip.ParsePrefix(a.String())
		return err == nil && p.Addr().Unmap() == addr.WithZone("")
	})
}

// networkOf is the one that an address of an interface is in. DHCPv6 gives out addresses without their
// prefix (RFC 8415 section 18.2.10.1), as /128; those of a link that is shared have 64 bits (RFC 4291
// section 2.5.4).
func networkOf(p netip.Prefix, pointToPoint bool) netip.Prefix {
	if p.Addr().Is6() && p.Bits() > 64 && !pointToPoint {
		p = netip.PrefixFrom(p.Addr(), 64)
	}
	return p.Masked()
}
