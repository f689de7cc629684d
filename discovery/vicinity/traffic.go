package vicinity

// Traffic counts the IPv4 packets that have arrived at this machine, or at the network namespace that we are in. The
// counters only grow, until the machine starts again; all are zero where the system does not tell.
//
// On Linux they tell of a firewall's work without rights. Measured in a network namespace, with nftables 1.0.6 on
// Linux 6.18, for one attempt of another machine to connect (a SYN, and its repetition after a second where nothing
// answers):
//
//	                                          InReceives  InDelivers  else
//	connected, and closed                         +4          +4
//	nobody listens: reset by the kernel           +1          +1      Tcp OutRsts +1
//	drop, or policy drop, with conntrack or not   +2           0
//	drop before routing (prerouting, raw)         +2           0
//	reject, of any ICMP type                      +1           0      Icmp OutDestUnreachs +1
//	reject with tcp reset                         +1           0      (no Tcp OutRsts)
//	drop at the device (ingress of netdev, XDP)    0           0
//	drop by rp_filter                             +1           0      TcpExt IPReversePathFilter +1
//	for an address that is not ours               +1           0      Ip InAddrErrors +1
//	UDP where nobody listens                      +1          +1      Icmp OutDestUnreachs +1, Udp NoPorts +1
//	UDP for a multicast group, nobody joined it   +1           0
//	a protocol that nobody speaks here            +1           0      Icmp OutDestUnreachs +1, Ip InUnknownProtos +1
//	we look for a machine that is switched off    +1          +1      Icmp OutDestUnreachs +1, Icmp InDestUnreachs +1
//	                                                                  (the kernel tells ourselves, by loopback)
//
// And of what is ours, where rules keep the answers in: with a drop in "output" or "postrouting" Ip OutRequests grows
// without Ip OutTransmits (which older kernels lack); with one at the device both do. The connection is then HalfOpen,
// as it is where isolation works in one direction.
//
// So what is received and neither delivered nor counted elsewhere was thrown away by a rule, or was multicast for
// others: real network cards keep most of that away, and virtual ones do not. What is thrown away at the device has
// not arrived, as far as these counters know.
type Traffic struct {
	Received  uint64 // packets that arrived, before any rule but those at the device
	Delivered uint64 // those that a protocol of this machine got
	Elsewhere uint64 // those that were passed on, put together of parts, or broken, or not for us
	Misrouted uint64 // those that were thrown away because an answer would leave by another interface (rp_filter)
	Withheld  uint64 // packets of ours that did not leave, since a rule forbids it
	Refusals  uint64 // answers that say "unreachable"
	Replies   uint64 // what this machine's kernel answers by itself to what has come in: pings, and what nobody listens for
	Excused   uint64 // of these at most so many are no rule's, but the kernel's own: nobody listens, or nobody is there
}

// Loss is what became of packets between two moments. Each is a hint and no proof, since it does not say whose the
// packets were: it weighs something where a phone tries at that time, above all one that is known as a Neighbour.
type Loss struct {
	Lost      uint64 // packets that arrived and that nobody got, as a firewall's rule has it; Refused are among them
	Refused   uint64 // those whose sender was told so by ICMP; one that was reset instead looks as if dropped
	Misrouted uint64 // see Traffic; not among Lost
	Replies   uint64 // see Traffic; none is proof of a reset that a rule sent, which is not among them
	Withheld  uint64 // see Traffic
}

// Since compares with an earlier count. A counter that went backwards, as in a machine that has started again, counts
// as not having moved. Counters are read one after the other while packets arrive: in heavy traffic Lost may be wrong by
// one or two.
func (t Traffic) Since(before Traffic) Loss {
	misrouted := grown(before.Misrouted, t.Misrouted)
	got := grown(before.Delivered, t.Delivered) + grown(before.Elsewhere, t.Elsewhere) + misrouted
	lost := grown(got, grown(before.Received, t.Received))
	return Loss{
		Lost: lost, Refused: min(lost, grown(grown(before.Excused, t.Excused), grown(before.Refusals, t.Refusals))),
		Misrouted: misrouted, Replies: grown(before.Replies, t.Replies), Withheld: grown(before.Withheld, t.Withheld),
	}
}

func grown(before, now uint64) uint64 {
	if now < before {
		return 0
	}
	return now - before
}

// CountTraffic reads the counters. It takes well below a millisecond, sends nothing, and may be called from any
// goroutine.
func CountTraffic() Traffic { return countTraffic() }
