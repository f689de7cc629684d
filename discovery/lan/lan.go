// Package lan finds the addresses at which phones on the local network can reach this machine, the best first,
// and notices when they change. Look looks once, Watch goes on looking.
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
	"slices"
)

// Candidate is an address of this machine that a phone could reach.
type Candidate struct {
	Addr      netip.Addr   // IPv4
	Prefix    netip.Prefix // Addr's network: 192.168.1.20/24
	Interface string       // by the name that people see: "wlan0", "en0", "Wi-Fi"
	Index     int          // of the interface: another one when it was taken away and came again
	Likely    bool         // phones may well be on this network: a real one, with a router
	Score     int          // orders those of one sort; higher is better
}

// Survey is what was found of this machine's network at one moment.
type Survey struct {
	// Candidates are the addresses that a phone could reach, best first: use the first, and let a person
	// choose among the others. Last come those of networks that a phone must have joined, such as
	// Tailscale's.
	Candidates []Candidate
	// Missing is why there are none.
	Missing Reason
}

// Reason is why no phone can reach this machine. It is for code to compare.
type Reason uint8

const (
	NoReason     Reason = iota // there are candidates
	NoNetwork                  // there is no network, or only one that this machine has with itself
	SelfAssigned               // nobody gave this machine an address, so it has taken one (RFC 3927)
	OnlyIPv6                   // the network gives no IPv4 addresses
	OnlyVPN                    // a VPN's network is all there is
	InContainer                // this is a container with a network of its own
	InWSL                      // this is the Linux of a Windows machine, with a network of its own
)

// Look looks at this machine's network now. It takes well below a millisecond and sends nothing.
func Look() (Survey, error) {
	s, err := look()
	if err != nil {
		return Survey{Missing: NoNetwork}, err
	}
	return rank(s), nil
}

func (s Survey) equal(other Survey) bool {
	return s.Missing == other.Missing && slices.Equal(s.Candidates, other.Candidates)
}

// snapshot is all that rank needs to know of this machine at one moment.
type snapshot struct {
	nics   []nic
	source netip.Addr // that a packet to the internet would leave with; invalid without a route
	inside surroundings
}

// surroundings are what this system runs in.
type surroundings uint8

const (
	anything surroundings = iota
	container
	wsl
)

// nic is a network interface.
type nic struct {
	name         string
	index        int
	description  string // what the driver calls it, on Windows; empty elsewhere
	kind         string // what the kernel calls a device of software, on Linux: "tun", "bridge", "veth" ...
	up           bool   // and connected: a cable is in, a Wi-Fi was joined
	loopback     bool
	pointToPoint bool
	physical     bool // a piece of hardware
	gateway      bool // it has a default gateway of its own
	lonely       bool // a bridge that no real network is part of
	global6      bool // it has an IPv6 address beyond its own link
	prefixes     []netip.Prefix
}

// look takes the snapshot: what the net package knows, and what each system adds to it. Only the
// list of interfaces is indispensable; whatever else cannot be read counts as not so.
func look() (snapshot, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return snapshot{}, fmt.Errorf("list network interfaces: %w", err)
	}
	s := snapshot{source: source(), inside: surrounding()}
	for _, ifc := range interfaces {
		addrs, err := ifc.Addrs()
		if err != nil {
			continue // it went away meanwhile
		}
		s.nics = append(s.nics, nic{
			name:         ifc.Name,
			index:        ifc.Index,
			up:           ifc.Flags&net.FlagUp != 0 && ifc.Flags&net.FlagRunning != 0,
			loopback:     ifc.Flags&net.FlagLoopback != 0,
			pointToPoint: ifc.Flags&net.FlagPointToPoint != 0,
			prefixes:     prefixes(addrs),
			global6:      slices.ContainsFunc(addrs, isGlobal6),
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

// isGlobal6 says that a is an IPv6 address that others beyond this link may have.
func isGlobal6(a net.Addr) bool {
	p, err := netip.ParsePrefix(a.String())
	return err == nil && p.Addr().Is6() && !p.Addr().Is4In6() && p.Addr().IsGlobalUnicast()
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
