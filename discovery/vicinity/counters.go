package vicinity

import (
	"strconv"
	"strings"
)

// elsewhere are the counters of packets that end without being delivered, for other reasons than a firewall's. Of those
// that arrive in parts all but the last count as such.
var elsewhere = []string{
	"Ip InHdrErrors", "Ip InAddrErrors", "Ip ForwDatagrams", "Ip InUnknownProtos", "Ip InDiscards",
	"IpExt InNoRoutes", "IpExt InTruncatedPkts",
}

// parseCounters reads /proc/net/snmp and /proc/net/netstat: of each protocol a line of names, and one of values.
func parseCounters(text string) Traffic {
	all := counters(text)
	t := Traffic{
		Received:  all["Ip InReceives"],
		Delivered: all["Ip InDelivers"],
		Elsewhere: grown(all["Ip ReasmOKs"], all["Ip ReasmReqds"]),
		Misrouted: all["TcpExt IPReversePathFilter"],
		Refusals:  all["Icmp OutDestUnreachs"],
		Replies:   all["Tcp OutRsts"] + all["Icmp InEchos"] + all["Udp NoPorts"],
		Excused:   all["Udp NoPorts"] + all["Ip InUnknownProtos"] + all["Icmp InDestUnreachs"],
	}
	if left, counted := all["Ip OutTransmits"]; counted {
		t.Withheld = grown(left, all["Ip OutRequests"])
	}
	for _, name := range elsewhere {
		t.Elsewhere += all[name]
	}
	return t
}

// counters are all counters by their names, such as "Ip InReceives".
func counters(text string) map[string]uint64 {
	all := make(map[string]uint64)
	var names []string
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(names) != len(fields) || names[0] != fields[0] {
			names = fields
			continue
		}
		protocol := strings.TrimSuffix(fields[0], ":")
		for i := 1; i < len(fields); i++ {
			if n, err := strconv.ParseUint(fields[i], 10, 64); err == nil { // Tcp MaxConn is -1
				all[protocol+" "+names[i]] = n
			}
		}
		names = nil
	}
	return all
}
