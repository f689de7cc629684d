// Package lan finds the addresses at which phones on the local network can reach this machine,
// the best first, and notices when they change.
//
// No operating system knows which of its networks the phone is on, so every address is scored by
// what is known of its interface; see rank. The facts come from where each system keeps them:
// /proc/net/route and /sys/class/net on Linux, the routing socket (route(4)) on macOS, and
// GetAdaptersAddresses on Windows.
package lan

import (
	"fmt"
	"net"
	"net/netip"
)

// Candidate is an address of this machine that a phone could reach.
type Candidate struct {
	Addr      netip.Addr   // IPv4
	Prefix    netip.Prefix // Addr's network: 192.168.1.20/24
	Interface string       // by the name that people see: "wlan0", "en0", "Wi-Fi"
	// Score orders the candidates; higher is better. Below zero the interface looks like that of
	// a virtual machine, a container or a VPN, which phones are hardly ever on.
	Score int
}

// Candidates returns the addresses of this machine that a phone could reach, best first.
//
// Nothing that could work is left out, however low its score, so the first is good to use and the
// others are good to choose from. At the end stand addresses in 100.64.0.0/10, which reach a
// phone only if it is in the same Tailscale network. Link-local addresses (169.254.0.0/16) are
// there only when there is nothing else. Without a network the result is empty, without an error.
// It takes well below a millisecond and sends nothing.
func Candidates() ([]Candidate, error) {
	s, err := look()
	if err != nil {
		return nil, err
	}
	return rank(s), nil
}

// snapshot is all that rank needs to know of this machine at one moment.
type snapshot struct {
	nics   []nic
	source netip.Addr // that a packet to the internet would leave with; invalid without a route
}

// nic is a network interface.
type nic struct {
	name         string
	description  string // what the driver calls it, on Windows; empty elsewhere
	up           bool
	loopback     bool
	pointToPoint bool
	physical     bool // a piece of hardware
	gateway      bool // it has a default gateway of its own
	prefixes     []netip.Prefix
}

// look takes the snapshot: what the net package knows, and what each system adds to it. Only the
// list of interfaces is indispensable; whatever else cannot be read counts as not so.
func look() (snapshot, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return snapshot{}, fmt.Errorf("list network interfaces: %w", err)
	}
	s := snapshot{source: source()}
	for _, ifc := range interfaces {
		addrs, err := ifc.Addrs()
		if err != nil {
			continue // it went away meanwhile
		}
		s.nics = append(s.nics, nic{
			name:         ifc.Name,
			up:           ifc.Flags&net.FlagUp != 0,
			loopback:     ifc.Flags&net.FlagLoopback != 0,
			pointToPoint: ifc.Flags&net.FlagPointToPoint != 0,
			prefixes:     prefixes(addrs),
		})
	}
	s.nics = enrich(s.nics, interfaces)
	return s, nil
}

// prefixes are the IPv4 addresses among addrs: phones are given an IPv4 address by QR code.
func prefixes(addrs []net.Addr) []netip.Prefix {
	var list []netip.Prefix
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() {
			list = append(list, p)
		}
	}
	return list
}

// source asks the kernel which address it would send from. Connecting a UDP socket sends nothing;
// the address is one of those for documentation (RFC 5737), which nobody has.
func source() netip.Addr {
	conn, err := net.Dial("udp4", "192.0.2.1:9")
	if err != nil {
		return netip.Addr{} // no default route
	}
	defer conn.Close()
	addr, _ := conn.LocalAddr().(*net.UDPAddr)
	return addr.AddrPort().Addr().Unmap()
}
