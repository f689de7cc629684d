// Package sockets tells who listens on this machine: which sockets wait for TCP connections at a loopback
// address, whose they are, and which program has them. Each system has a way of its own to ask:
//
//	Linux    sock_diag(7) for the sockets, /proc for their processes
//	Windows  GetExtendedTcpTable, which names the processes too
//	others   lsof(8), which macOS brings along
//
// All functions may be called from any goroutine, and none of them sends anything to anybody.
package sockets

import "net/netip"

// Loopback are the two addresses that a program on this machine may listen on, the preferred first.
// They are not to be changed.
var Loopback = [2]netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}

// Socket is one on which some program of this machine waits for TCP connections.
type Socket struct {
	// Addr is where it answers, at one of the Loopback addresses.
	Addr netip.AddrPort
	// ID tells it from a later socket at the same address. Where the system numbers no sockets, it is
	// the number of the process.
	ID uint64
	// PID is the process that has it; 0 where that is not known, because it is another user's perhaps.
	PID int
	// Account is whose it is.
	Account Account
}

// loopbackFor is the loopback address at which a socket that is bound to addr answers. It is false for one
// bound to a single other address: a server there was not meant for this machine. A socket for all
// IPv6 addresses mostly takes IPv4 too, unless it was told not to (only6).
func loopbackFor(addr netip.Addr, only6 bool) (netip.Addr, bool) {
	addr = addr.Unmap()
	switch {
	case addr == Loopback[0], addr == Loopback[1]:
		return addr, true
	case addr == netip.IPv6Unspecified() && only6:
		return Loopback[1], true
	case addr.IsUnspecified():
		return Loopback[0], true
	}
	return netip.Addr{}, false
}
