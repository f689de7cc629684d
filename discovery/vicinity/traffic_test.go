package vicinity

import (
	"testing"
)

// TestParseCounters reads two files of Linux, where a counter may be missing and one is negative.
func TestParseCounters(t *testing.T) {
	const text = `Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests ReasmReqds ReasmOKs OutTransmits
Ip: 1 64 100 1 2 4 1 0 80 50 6 2 47
Icmp: InMsgs InDestUnreachs InEchos OutDestUnreachs
Icmp: 5 2 4 7
Tcp: MaxConn InSegs OutRsts
Tcp: -1 70 9
Udp: InDatagrams NoPorts
Udp: 9 3
Ip6InReceives 3

TcpExt: SyncookiesSent IPReversePathFilter
TcpExt: 0 5
IpExt: InNoRoutes InTruncatedPkts
IpExt: 1 0
`
	want := Traffic{Received: 100, Delivered: 80, Elsewhere: 13, Misrouted: 5, Withheld: 3, Refusals: 7, Replies: 16, Excused: 6}
	if got := parseCounters(text); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := parseCounters("Ip: A B\nIp: 1\nnonsense\n"); got != (Traffic{}) {
		t.Errorf("of nonsense: %+v", got)
	}
}

func TestSince(t *testing.T) {
	before := Traffic{Received: 100, Delivered: 90, Elsewhere: 5, Misrouted: 1, Refusals: 2}
	for _, tt := range []struct {
		name string
		now  Traffic
		want Loss
	}{
		{"nothing", before, Loss{}},
		{"all was delivered", Traffic{Received: 110, Delivered: 100, Elsewhere: 5, Misrouted: 1, Refusals: 2}, Loss{}},
		{"dropped", Traffic{Received: 110, Delivered: 97, Elsewhere: 5, Misrouted: 1, Refusals: 2}, Loss{Lost: 3}},
		{"refused", Traffic{Received: 110, Delivered: 97, Elsewhere: 5, Misrouted: 1, Refusals: 4}, Loss{Lost: 3, Refused: 2}},
		{"refused, as one answers to what nobody sent", Traffic{Received: 110, Delivered: 100, Elsewhere: 5, Misrouted: 1, Refusals: 4}, Loss{}},
		{"lost, while we looked for a machine that is switched off", Traffic{Received: 110, Delivered: 97, Elsewhere: 5, Misrouted: 1, Refusals: 4, Excused: 2}, Loss{Lost: 3}},
		{"refused, and one was nobody's", Traffic{Received: 110, Delivered: 97, Elsewhere: 5, Misrouted: 1, Refusals: 4, Excused: 1}, Loss{Lost: 3, Refused: 1}},
		{"passed on, and misrouted", Traffic{Received: 110, Delivered: 92, Elsewhere: 9, Misrouted: 5, Refusals: 2}, Loss{Misrouted: 4}},
		{"a ping was answered", Traffic{Received: 111, Delivered: 101, Elsewhere: 5, Misrouted: 1, Refusals: 2, Replies: 1}, Loss{Replies: 1}},
		{"counted while packets arrived", Traffic{Received: 110, Delivered: 101, Elsewhere: 5, Misrouted: 1, Refusals: 2}, Loss{}},
		{"started again", Traffic{Received: 3, Delivered: 3}, Loss{}},
	} {
		if got := tt.now.Since(before); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
