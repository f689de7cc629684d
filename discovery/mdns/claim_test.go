package mdns

import (
	"net"
	"testing"

	"github.com/miekg/dns"
	"golang.org/x/net/ipv4"
)

// TestJudge: a name is free until another computer has it, or asks for it and goes first.
func TestJudge(t *testing.T) {
	c := &claimer{own: dns.SRV{Port: 8717, Target: "mb-5.local."}}
	for _, tt := range []struct {
		name    string
		target  string
		ttl     uint32
		probing bool
		want    outcome
	}{
		{"has it", "mb-1.local.", 120, false, taken},
		{"says goodbye", "mb-1.local.", 0, false, free},
		{"asks for it and goes first", "mb-9.local.", 120, true, lost},
		{"asks for it and gives way", "mb-1.local.", 120, true, free},
	} {
		srv := &dns.SRV{Hdr: dns.RR_Header{Ttl: tt.ttl}, Port: 8717, Target: tt.target}
		if got := c.judge(rival{srv: srv, probing: tt.probing}); got != tt.want {
			t.Errorf("another one %s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestIsHere: what is said on another network is nobody's claim on this one.
func TestIsHere(t *testing.T) {
	c := &claimer{ifc: net.Interface{Index: 2}}
	for _, tt := range []struct {
		from *ipv4.ControlMessage
		want bool
	}{
		{nil, true}, // Windows does not tell
		{&ipv4.ControlMessage{}, true},
		{&ipv4.ControlMessage{IfIndex: 2}, true},
		{&ipv4.ControlMessage{IfIndex: 3}, false},
	} {
		if got := c.isHere(tt.from); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.from, got, tt.want)
		}
	}
}
