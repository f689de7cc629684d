package mdns

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/miekg/dns"
	"github.com/pion/mdns/v2"
	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/net/ipv4"
)

// answerHost answers questions for the address of <host>.local, on ifc only, until the result is
// closed. It does nothing else: zeroconf announces the record, and says goodbye for it, together with the
// service.
func answerHost(host string, addr netip.Addr, ifc net.Interface) (*mdns.Conn, error) {
	conn, err := listen()
	if err != nil {
		return nil, err
	}
	responder, err := mdns.NewServer(conn, nil,
		mdns.WithName(host),
		mdns.WithLocalNames(host+"."+domain),
		mdns.WithLocalAddress(addr.AsSlice()),
		mdns.WithInterfaces(ifc),
		mdns.WithRecordTypes(dnsmessage.TypeA),
		mdns.WithCacheRefresh(false), // only askers need it, and we ask nothing
	)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return responder, nil
}

// cacheFlush is the bit of a record's class that takes its place for all others of that name, RFC 6762 section 10.2.
const cacheFlush = 1 << 15

// announceHost tells everybody the host's address once, RFC 6762 section 8.3. The host is announced again with the
// service, when that has its name: a second later, in which phones would ask for an address that we have no longer. The
// name of the host is ours alone, and needs no probe.
func announceHost(conn *ipv4.PacketConn, host string, addr netip.Addr) {
	m := dns.Msg{MsgHdr: dns.MsgHdr{Response: true, Authoritative: true}}
	m.Answer = []dns.RR{&dns.A{
		Hdr: dns.RR_Header{Name: host + "." + domain + ".", Rrtype: dns.TypeA, Class: dns.ClassINET | cacheFlush, Ttl: 120},
		A:   addr.AsSlice(),
	}}
	if packet, err := m.Pack(); err == nil {
		_, _ = conn.WriteTo(packet, nil, group) // whoever does not hear it hears the next one, or asks
	}
}

// listen opens a socket on the mDNS port. For a multicast address the net package shares the
// port with every other responder on the machine: avahi, mDNSResponder, and zeroconf above.
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
	return conn, nil
}
