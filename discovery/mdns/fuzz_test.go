package mdns

import (
	"testing"

	"github.com/miekg/dns"
)

// FuzzClaim reads packets of others: none makes it fail, and a claim is never our own.
func FuzzClaim(f *testing.F) {
	name := instanceName("Modelbeam on vm")
	c := &claimer{own: dns.SRV{Target: "modelbeam-0bad.local."}}
	for _, target := range []string{c.own.Target, "modelbeam-1234.local.", "."} {
		m := new(dns.Msg)
		m.Response = true
		m.Answer = []dns.RR{&dns.SRV{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeSRV, Class: dns.ClassINET}, Target: target, Port: 8717}}
		packet, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packet)
		f.Add(packet[:len(packet)/2])
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		r, claimed := c.claimIn(packet, name)
		if !claimed {
			return
		}
		if r.srv.Target == c.own.Target {
			t.Error("our own announcement was taken for another's")
		}
		later(r.srv, &c.own)
	})
}
