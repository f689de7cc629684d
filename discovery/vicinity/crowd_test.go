package vicinity

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// TestCrowd notes who is there once, and what they announce of ours.
func TestCrowd(t *testing.T) {
	pack := func(response bool, records ...string) []byte {
		m := dns.Msg{MsgHdr: dns.MsgHdr{Response: response}}
		for _, text := range records {
			rr, err := dns.NewRR(text)
			if err != nil {
				t.Fatal(err)
			}
			m.Answer = append(m.Answer, rr)
		}
		packet, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		return packet
	}
	var heard crowd
	a, b, c := netip.MustParseAddr("192.168.7.30"), netip.MustParseAddr("192.168.7.31"), netip.MustParseAddr("10.0.0.1")
	ours := pack(true, `_http._tcp.local. 3200 IN PTR Modelbeam\ on\ Zo\195\171's\ PC\ \(2\)._http._tcp.local.`,
		`Modelbeam\ on\ Zo\195\171's\ PC\ \(2\)._http._tcp.local. 3200 IN TXT "txtvers=1" "id=0123456789"`)
	heard.note(a, ours)
	heard.note(a, ours)
	heard.note(b, pack(true, `_http._tcp.local. 3200 IN PTR Printer._http._tcp.local.`, `Printer._http._tcp.local. 3200 IN TXT "id=7"`))
	heard.note(b, pack(true, `_http._tcp.local. 0 IN PTR Modelbeam\ on\ gone._http._tcp.local.`))
	heard.note(b, pack(false, `_http._tcp.local. 3200 IN PTR Modelbeam\ on\ asked._http._tcp.local.`))
	heard.note(c, []byte("no DNS"))
	if !slices.Equal(heard.hosts, []netip.Addr{a, b, c}) {
		t.Errorf("%v", heard.hosts)
	}
	if want := []Instance{{"Modelbeam on Zoë's PC (2)", "0123456789", a}}; !slices.Equal(heard.instances, want) {
		t.Errorf("%+v", heard.instances)
	}
}

func TestPlainName(t *testing.T) {
	for ssid, want := range map[string]string{"Anna's Wi-Fi 🏠": "Anna's Wi-Fi 🏠", "a\x00b\x1b[31m\xff": "ab[31m", "": ""} {
		if got := plainName([]byte(ssid)); got != want {
			t.Errorf("%q: %q", ssid, got)
		}
	}
}

// FuzzNote hears anything.
func FuzzNote(f *testing.F) {
	f.Add(question())
	f.Add([]byte("\x00\x00\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00\x05_http\x04_tcp\x05local\x00\x00\x0c\x00\x01\x00\x00\x0e\x10\x00\x02\xc0\x0c"))
	f.Fuzz(func(t *testing.T, packet []byte) {
		var heard crowd
		heard.note(netip.MustParseAddr("192.168.7.30"), packet)
		for _, i := range heard.instances {
			if !strings.HasPrefix(i.Name, ourNames) {
				t.Errorf("%q", i.Name)
			}
		}
	})
}
