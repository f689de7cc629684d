package lan

import (
	"net"
	"unsafe"

	"golang.org/x/sys/windows"
)

// enrich adds what Windows knows: the adapter's type, its driver's description, and whether it
// has a gateway. The net package has only the name that the user sees, which says little.
//
// Adapters of virtual machines claim to be Ethernet as well, so "physical" is worth less here than
// elsewhere; their names and descriptions weigh more.
// https://learn.microsoft.com/windows/win32/api/iptypes/ns-iptypes-ip_adapter_addresses_lh
func enrich(nics []nic, interfaces []net.Interface) []nic {
	byIndex := make(map[int]*nic, len(nics))
	for i := range nics {
		byIndex[interfaces[i].Index] = &nics[i]
	}
	for a := adapters(); a != nil; a = a.Next {
		n := byIndex[int(a.IfIndex)]
		if n == nil {
			continue
		}
		n.description = windows.UTF16PtrToString(a.Description)
		n.physical = a.IfType == windows.IF_TYPE_ETHERNET_CSMACD || a.IfType == windows.IF_TYPE_IEEE80211
		for g := a.FirstGatewayAddress; g != nil; g = g.Next {
			n.gateway = n.gateway || g.Address.IP().To4() != nil
		}
	}
	return nics
}

// adapters asks for the IPv4 adapters; nil, and so no extra knowledge, if that fails. The buffer's
// needed size may grow between two calls, so a few are made.
func adapters() *windows.IpAdapterAddresses {
	const flags = windows.GAA_FLAG_INCLUDE_GATEWAYS | windows.GAA_FLAG_SKIP_ANYCAST |
		windows.GAA_FLAG_SKIP_MULTICAST | windows.GAA_FLAG_SKIP_DNS_SERVER
	size := uint32(15000) // what the documentation recommends to begin with
	for range 3 {
		buf := make([]byte, size)
		first := (*windows.IpAdapterAddresses)(unsafe.Pointer(&buf[0]))
		err := windows.GetAdaptersAddresses(windows.AF_INET, flags, 0, first, &size)
		if err == nil && size > 0 {
			return first
		}
		if err != windows.ERROR_BUFFER_OVERFLOW {
			return nil
		}
	}
	return nil
}

// surrounding knows of nothing here that would keep phones away.
func surrounding() surroundings { return anything }
