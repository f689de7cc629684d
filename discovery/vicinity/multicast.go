package vicinity

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"golang.org/x/net/ipv4"

	"modelbeam/discovery/lan"
)

// group is where all multicast DNS goes, RFC 6762 section 3.
var group = &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}

// longest is the longest message, RFC 6762 section 17.
const longest = 9000

// ask asks the question on the network of every candidate, and notes who is heard until ctx ends. The error is what
// kept the question from being sent on any of them.
//
// It is asked from the port of multicast DNS, and for answers by multicast, not by unicast as from another port (RFC
// 6762 section 6.7): whoever answers us alone has to ask for our hardware address first, and every device would then
// look like a phone that wants to connect. Answers by multicast are also what firewalls let in: ufw does by itself,
// and firewalld in its zones for home. Which devices answer depends on them: printers, televisions and computers do;
// of phones, an iPhone that shares something does, and an Android phone only while an app has announced something.
func ask(ctx context.Context, candidates []lan.Candidate) (heard crowd, err error) {
	conn, err := listen()
	if err != nil {
		return heard, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetReadDeadline(deadline)
	}
	at, err := askOn(conn, candidates)
	if len(at) == 0 {
		return heard, err
	}
	heard.listen(conn, at)
	return heard, nil // one that cannot do multicast, such as a VPN, says nothing about the others
}

// listen opens a socket on the port of multicast DNS. For a multicast address the net package shares the port with
// everybody else on this machine who speaks it.
func listen() (*ipv4.PacketConn, error) {
	udp, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(224, 0, 0, 0), Port: group.Port})
	if err != nil {
		return nil, fmt.Errorf("listen on the mDNS port: %w", err)
	}
	conn := ipv4.NewPacketConn(udp)
	// RFC 6762 section 11: older receivers drop a message whose TTL is not 255.
	if err := conn.SetMulticastTTL(255); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("set the multicast TTL: %w", err)
	}
	_ = conn.SetControlMessage(ipv4.FlagInterface, true) // not on Windows
	return conn, nil
}

// askOn sends the question on each interface once, and returns the indexes of those where that went well.
func askOn(conn *ipv4.PacketConn, candidates []lan.Candidate) (at []int, err error) {
	packet := question()
	for _, c := range candidates {
		if slices.Contains(at, c.Index) {
			continue
		}
		ifc := &net.Interface{Index: c.Index, Name: c.Interface}
		failed := errors.Join(conn.JoinGroup(ifc, group), conn.SetMulticastInterface(ifc))
		if failed == nil {
			_, failed = conn.WriteTo(packet, nil, group)
		}
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("ask on %s: %w", c.Interface, failed))
			continue
		}
		at = append(at, c.Index)
	}
	return at, err
}

// listen notes who is heard, until the connection is closed or its deadline has come.
func (heard *crowd) listen(conn *ipv4.PacketConn, at []int) {
	own := ownAddresses()
	for buf := make([]byte, longest); ; {
		n, control, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		addr := sender(from)
		// A socket also hears the groups that other programs on this machine have joined, on other networks.
		here := control == nil || control.IfIndex == 0 || slices.Contains(at, control.IfIndex)
		if here && addr.IsValid() && !addr.IsLoopback() && !slices.Contains(own, addr) {
			heard.note(addr, buf[:n])
		}
	}
}

func sender(from net.Addr) netip.Addr {
	udp, ok := from.(*net.UDPAddr)
	if !ok {
		return netip.Addr{}
	}
	return udp.AddrPort().Addr().Unmap()
}

// ownAddresses are those of all interfaces of this machine.
func ownAddresses() (own []netip.Addr) {
	all, _ := net.InterfaceAddrs() // unreadable: our own announcement is taken for another's
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr().Unmap())
		}
	}
	return own
}
