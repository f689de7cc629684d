package lan

import (
	"net"
	"strings"
	"syscall"

	"golang.org/x/net/route"
)

// enrich adds what macOS knows: hardware is named en0, en1 ..., and the routing table says which
// interfaces have a default gateway. macOS keeps such a route for every network that has a router,
// each bound to its interface, also while a VPN has the traffic.
func enrich(nics []nic, interfaces []net.Interface) []nic {
	gateways := defaultGateways()
	for i := range nics {
		nics[i].physical = strings.HasPrefix(nics[i].name, "en")
		nics[i].gateway = gateways[interfaces[i].Index]
	}
	return nics
}

// defaultGateways asks the kernel for its IPv4 routes and returns the indexes of the interfaces
// that have one to 0.0.0.0 by way of a router. A network without a readable table has none.
func defaultGateways() map[int]bool {
	gateways := make(map[int]bool)
	table, err := route.FetchRIB(syscall.AF_INET, route.RIBTypeRoute, 0)
	if err != nil {
		return gateways
	}
	messages, err := route.ParseRIB(route.RIBTypeRoute, table)
	if err != nil {
		return gateways
	}
	for _, m := range messages {
		r, ok := m.(*route.RouteMessage)
		if ok && r.Flags&syscall.RTF_GATEWAY != 0 && isDefault(r.Addrs) {
			gateways[r.Index] = true
		}
	}
	return gateways
}

// isDefault says whether a route's addresses are those of a default route by way of a router. One
// that leads straight into an interface, as those of VPNs do, has a link in the gateway's place.
func isDefault(addrs []route.Addr) bool {
	if len(addrs) <= syscall.RTAX_GATEWAY {
		return false
	}
	to, ok := addrs[syscall.RTAX_DST].(*route.Inet4Addr)
	_, byRouter := addrs[syscall.RTAX_GATEWAY].(*route.Inet4Addr)
	return ok && to.IP == [4]byte{} && byRouter
}

// surrounding knows of nothing here that would keep phones away.
func surrounding() surroundings { return anything }
