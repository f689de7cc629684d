package mdns

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/ipv4"
)

// The intervals of RFC 6762 sections 8.1 and 8.2.
const (
	probeCount    = 3
	probeInterval = 250 * time.Millisecond
	losersPause   = time.Second
)

// group is where all multicast DNS goes, RFC 6762 section 3.
var group = &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}

// claimer keeps two computers on a network from announcing an instance by the same name, because everybody else
// would see only one of them. zeroconf does not ask before it announces, nor listen afterwards: it sends
// what looks like the probes of RFC 6762 section 8, but ignores the answers. A claimer belongs to one
// goroutine; closing its connection ends whatever it waits for.
type claimer struct {
	conn *ipv4.PacketConn
	ifc  net.Interface
	own  dns.SRV // without a name: what is announced under any
}

// newClaimer listens on the service's interface.
func newClaimer(s Service, ifc net.Interface) (*claimer, error) {
	conn, err := listen()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(conn.JoinGroup(&ifc, group), conn.SetMulticastInterface(&ifc)); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("join the multicast group on %s: %w", ifc.Name, err)
	}
	_ = conn.SetControlMessage(ipv4.FlagInterface, true) // not on Windows
	return &claimer{conn: conn, ifc: ifc, own: dns.SRV{
		Hdr:  dns.RR_Header{Rrtype: dns.TypeSRV, Class: dns.ClassINET, Ttl: 120},
		Port: uint16(s.Port), Target: s.Host + "." + domain + ".",
	}}, nil
}

// claim returns the first of label, "label (2)", "label (3)" and so on that nobody else has, as RFC 6763 Appendix
// D suggests. If ctx ends first, the result means nothing.
func (c *claimer) claim(ctx context.Context, label string) string {
	for n := 1; ; n++ {
		name := numbered(label, n)
		o := c.probe(name)
		for o == lost && ctx.Err() == nil {
			c.hear("", time.Now().Add(losersPause))
			o = c.probe(name)
		}
		if o == free || ctx.Err() != nil {
			return name
		}
	}
}

// outcome is what came of asking for a name.
type outcome uint8

const (
	free  outcome = iota // nobody has said anything
	taken                // another computer has it
	lost                 // another one wants it too, at this moment, and goes first
)

// probe asks for the name as RFC 6762 section 8.1 wants it: after a short random wait, because after a power cut
// all computers start at the same moment.
func (c *claimer) probe(label string) outcome {
	o := c.silence(label, rand.N(probeInterval))
	for i := 0; i < probeCount && o == free; i++ {
		c.ask(instanceName(label))
		o = c.silence(label, probeInterval)
	}
	return o
}

// silence is free if nobody claims the name for the time d.
func (c *claimer) silence(label string, d time.Duration) outcome {
	until := time.Now().Add(d)
	for {
		r, heard := c.hear(instanceName(label), until)
		if !heard {
			return free
		}
		if o := c.judge(r); o != free {
			return o
		}
	}
}

// judge says what a claim of another computer means for ours. The name stays free where it says goodbye, which has
// no time to live, and where it asks at the same time as we do and has to give way.
func (c *claimer) judge(r rival) outcome {
	switch {
	case !r.probing && r.srv.Hdr.Ttl > 0:
		return taken
	case r.probing && later(r.srv, &c.own):
		return lost
	}
	return free
}

// ask sends the question twice: once with the record that we would announce, which makes it a probe, so that
// others who ask at the same time take notice; and once without, because zeroconf does not answer a
// question that has a record. Neither asks for an answer by unicast: several programs of a machine share
// this port, and only one of them would get it.
func (c *claimer) ask(name string) {
	question := dns.Msg{Question: []dns.Question{{Name: name, Qtype: dns.TypeANY, Qclass: dns.ClassINET}}}
	own := c.own
	own.Hdr.Name = name
	probe := question
	probe.Ns = []dns.RR{&own}
	for _, m := range []dns.Msg{probe, question} {
		if packet, err := m.Pack(); err == nil {
			// If nobody can hear the question nobody will hear our announcement, so there is no conflict.
			_, _ = c.conn.WriteTo(packet, nil, group)
		}
	}
}

// undisturbed waits until another computer uses our name (RFC 6762 section 9). A goodbye counts too: whoever heard
// it believes that the name is gone. It also returns when the connection is closed.
func (c *claimer) undisturbed(label string) {
	for {
		if r, heard := c.hear(instanceName(label), time.Time{}); !heard || !r.probing {
			return
		}
	}
}

// rival is another computer's claim to a name.
type rival struct {
	srv     *dns.SRV
	probing bool // it asks for the name; otherwise it has it
}

// hear waits for a claim to the name that is not our own; the zero time waits for ever. It is false
// when there was none in time, and at once when the connection is closed.
func (c *claimer) hear(name string, until time.Time) (r rival, heard bool) {
	_ = c.conn.SetReadDeadline(until)
	for buf := make([]byte, 9000); ; { // the longest message, RFC 6762 section 17
		n, from, _, err := c.conn.ReadFrom(buf)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, net.ErrClosed):
			return rival{}, false
		case err != nil:
			time.Sleep(probeInterval) // the network may be down: do not spin
		case c.isHere(from):
			if r, heard = c.claimIn(buf[:n], name); heard {
				return r, true
			}
		}
	}
}

// isHere says that a packet came in on our interface, as far as the system tells. A socket also hears the groups that
// other programs on this machine have joined, on other networks.
func (c *claimer) isHere(from *ipv4.ControlMessage) bool {
	return from == nil || from.IfIndex == 0 || from.IfIndex == c.ifc.Index
}

// claimIn finds another computer's claim to the name in a packet.
func (c *claimer) claimIn(packet []byte, name string) (rival, bool) {
	var m dns.Msg
	if m.Unpack(packet) != nil {
		return rival{}, false
	}
	records := m.Ns // of a probe
	if m.Response {
		records = append(append(m.Answer, m.Ns...), m.Extra...)
	}
	for _, rr := range records {
		srv, ok := rr.(*dns.SRV)
		if ok && strings.EqualFold(srv.Hdr.Name, name) && !strings.EqualFold(srv.Target, c.own.Target) {
			return rival{srv: srv, probing: !m.Response}, true
		}
	}
	return rival{}, false
}

// later says that a wins over b, if both are probed for at the same time: the record that comes later in
// order wins, RFC 6762 section 8.2.1.
func later(a, b *dns.SRV) bool {
	return cmp.Or(
		cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Weight, b.Weight), cmp.Compare(a.Port, b.Port),
		bytes.Compare(wire(a.Target), wire(b.Target)),
	) > 0
}

// wire is a name as it is sent, uncompressed.
func wire(name string) []byte {
	packed := make([]byte, 256)
	n, _ := dns.PackDomainName(name, packed, 0, nil, false)
	return packed[:n]
}

// instanceName is an instance's full name, in the form in which the DNS library prints names.
func instanceName(label string) string {
	return escapeLabel(label) + "." + serviceType + "." + domain + "."
}
