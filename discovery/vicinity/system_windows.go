package vicinity

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"

	"modelbeam/discovery/lan"
)

func networks(_ context.Context, candidates []lan.Candidate) ([]Network, error) {
	table, err := neighbourTable()
	if err != nil {
		return nil, err
	}
	defaults, all := routes(), adapters()
	var list []Network
	for _, c := range candidates {
		n := about(c, table, defaults)
		at := all[c.Index]
		n.Wireless = at.kind == windows.IF_TYPE_IEEE80211
		n.Wired = at.kind == windows.IF_TYPE_ETHERNET_CSMACD && !at.tunnel()
		n.TakenBy = takenBy(c, n.Gateway, all)
		list = append(list, n)
	}
	return list, nil
}

func neighbours(_ context.Context, candidates []lan.Candidate) ([]Neighbour, error) {
	table, err := neighbourTable()
	if err != nil {
		return nil, err
	}
	return within(candidates, table, routes()), nil
}

// takenBy is the VPN by which packets of ours to a candidate's network leave. Windows sends from the interface whose
// address it is, unless told otherwise.
func takenBy(c lan.Candidate, gateway netip.Addr, all map[int]adapter) string {
	for _, to := range samples(c, gateway) {
		index, err := wayTo(to, c.Addr)
		if other := all[index]; err == nil && index != c.Index && other.tunnel() {
			return other.name
		}
	}
	return ""
}

func vpn(context.Context) string {
	index, err := wayTo(internet, netip.Addr{})
	if at := adapters()[index]; err == nil && at.tunnel() {
		return at.name
	}
	return ""
}

// adapter is what Windows knows of an interface.
type adapter struct {
	name, description string
	kind              uint32 // IF_TYPE_*
}

// tunnelWords are found in the names and the descriptions of VPNs' adapters. Many of them claim to be Ethernet.
var tunnelWords = []string{"vpn", "wireguard", "wintun", "tap-windows", "nordlynx", "tailscale", "zerotier", "tunnel"}

func (a adapter) tunnel() bool {
	text := strings.ToLower(a.name + " " + a.description)
	return a.kind == windows.IF_TYPE_PPP || a.kind == windows.IF_TYPE_TUNNEL ||
		slices.ContainsFunc(tunnelWords, func(w string) bool { return strings.Contains(text, w) })
}

// adapters are all, by their index. The buffer's needed size may grow between two calls, so a few are made.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getadaptersaddresses
func adapters() map[int]adapter {
	all := make(map[int]adapter)
	size := uint32(15000) // what the documentation recommends to begin with
	for range 3 {
		buf := make([]byte, size)
		first := (*windows.IpAdapterAddresses)(unsafe.Pointer(&buf[0]))
		err := windows.GetAdaptersAddresses(windows.AF_INET, windows.GAA_FLAG_SKIP_ANYCAST|windows.GAA_FLAG_SKIP_DNS_SERVER, 0, first, &size)
		if err == windows.ERROR_BUFFER_OVERFLOW {
			continue
		}
		for a := first; err == nil && size > 0 && a != nil; a = a.Next {
			all[int(a.IfIndex)] = adapter{windows.UTF16PtrToString(a.FriendlyName), windows.UTF16PtrToString(a.Description), a.IfType}
		}
		return all
	}
	return all
}

// wifiName is not asked for: since Windows 11 24H2 the system puts up a question whether we may know where this
// computer is, to whoever asks for a Wi-Fi's name, and netsh tells it no more either. The registry has the name that
// Windows gives to the network, which the firewall's findings have.
// https://learn.microsoft.com/windows/win32/nativewifi/wi-fi-access-location-changes
func wifiName(context.Context, string) string { return "" }

// Windows tells neither of these without a cost or rights.
func halfOpen() []HalfOpen  { return nil }
func countTraffic() Traffic { return Traffic{} }
