package vicinity

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"modelbeam/discovery/lan"
)

// TestParseARP reads what a Mac with a phone, a TV that does not answer and its own addresses says.
func TestParseARP(t *testing.T) {
	const said = `? (192.168.1.1) at a4:2b:b0:12:34:56 on en0 ifscope [ethernet]
? (192.168.1.40) at 0:1b:63:a:b:c on en0 ifscope [ethernet]
? (192.168.1.99) at (incomplete) on en0 ifscope [ethernet]
? (192.168.1.20) at 3c:22:fb:aa:bb:cc on en0 ifscope permanent [ethernet]
? (192.168.1.255) at ff:ff:ff:ff:ff:ff on en0 ifscope [ethernet]
? (224.0.0.251) at 1:0:5e:0:0:fb on en0 ifscope permanent [ethernet]
iphone.lan (192.168.64.2) at 8:0:27:9a:1c:3f on bridge100 ifscope [bridge]
? (169.254.1.1) at nonsense on en5 [ethernet]
arp: nothing
`
	all := parseARP(said)
	var got []string
	for _, n := range all["en0"] {
		got = append(got, n.Addr.String()+" "+n.MAC)
		if n.Alive == n.Failed {
			t.Errorf("%+v", n)
		}
	}
	want := []string{"192.168.1.1 a4:2b:b0:12:34:56", "192.168.1.40 00:1b:63:0a:0b:0c", "192.168.1.99 "}
	if !slices.Equal(got, want) || len(all["bridge100"]) != 1 {
		t.Errorf("%q, want %q; %v", got, want, all)
	}
}

func TestParseDefaults(t *testing.T) {
	const said = `Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
0/1                172.18.12.193      UGScg               utun3
default            192.168.1.1        UGScg                 en0
default            link#22            UCSIg               utun4
default            10.0.0.1           UGScIg                en7
default            192.168.1.254      UGScIg                en0
127                127.0.0.1          UCS                   lo0
192.168.1          link#11            UCS                   en0      !
`
	got := parseDefaults(said)
	if len(got) != 2 || got["en0"].String() != "192.168.1.1" || got["en7"].String() != "10.0.0.1" {
		t.Errorf("%v", got)
	}
}

func TestParseWay(t *testing.T) {
	for said, want := range map[string]string{
		"   route to: 192.168.1.9\ndestination: 192.168.1.0\n       mask: 255.255.255.0\n  interface: en0\n      flags: <UP,DONE,CLONING,STATIC,PRCLONING>\n": "en0",
		"   route to: 192.168.1.9\n    gateway: 10.8.0.1\n  interface: utun4\n      flags: <UP,GATEWAY,DONE,STATIC>\n":                                        "utun4",
		"  interface: lo0\n      flags: <UP,GATEWAY,REJECT,DONE,STATIC>\n":                                                                                    "lo0 forbidden",
		"route: writing to routing socket: not in table\n":                                                                                                    "",
	} {
		ifc, forbidden := parseWay(said)
		if forbidden {
			ifc += " forbidden"
		}
		if ifc != want {
			t.Errorf("%q: %q, want %q", said, ifc, want)
		}
	}
}

func TestParseSummary(t *testing.T) {
	for _, tt := range []struct {
		said, name      string
		wireless, known bool
	}{
		{"<dictionary> {\n  InterfaceType : WiFi\n  LinkStatusActive : TRUE\n  NetworkID : 1A\n  SSID : Anna's Wi-Fi : 5 GHz\n  Security : WPA2_PSK\n}\n", "Anna's Wi-Fi : 5 GHz", true, true},
		{"  BSSID : <redacted>\n  InterfaceType : WiFi\n  SSID : <redacted>\n", "", true, true},
		{"  InterfaceType : Ethernet\n", "", false, true},
		{"", "", false, false},
	} {
		name, wireless, known := parseSummary(tt.said)
		if name != tt.name || wireless != tt.wireless || known != tt.known {
			t.Errorf("%q: %q, %v, %v", tt.said, name, wireless, known)
		}
	}
}

// TestParseCounters reads two files of Linux, where a counter may be missing and one is negative.
func TestParseCounters(t *testing.T) {
	const text = `Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests ReasmReqds ReasmOKs OutTransmits
Ip: 1 64 100 1 2 4 0 0 80 50 6 2 47
Icmp: InMsgs OutDestUnreachs
Icmp: 5 7
Tcp: MaxConn InSegs
Tcp: -1 70
Udp: InDatagrams NoPorts
Udp: 9 3
Ip6InReceives 3

TcpExt: SyncookiesSent IPReversePathFilter
TcpExt: 0 5
IpExt: InNoRoutes InTruncatedPkts
IpExt: 1 0
`
	want := Traffic{Received: 100, Delivered: 80, Elsewhere: 12, Misrouted: 5, Withheld: 3, Refusals: 4}
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
		{"passed on, and misrouted", Traffic{Received: 110, Delivered: 92, Elsewhere: 9, Misrouted: 5, Refusals: 2}, Loss{Misrouted: 4}},
		{"counted while packets arrived", Traffic{Received: 110, Delivered: 101, Elsewhere: 5, Misrouted: 1, Refusals: 2}, Loss{}},
		{"started again", Traffic{Received: 3, Delivered: 3}, Loss{}},
	} {
		if got := tt.now.Since(before); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestSamples(t *testing.T) {
	for _, tt := range []struct {
		prefix, gateway string
		want            string
	}{
		{"192.168.7.20/24", "192.168.7.1", "192.168.7.1 192.168.7.254 192.168.7.1"},
		{"192.168.7.1/24", "", "192.168.7.254"},
		{"10.1.2.3/8", "10.0.0.138", "10.0.0.1 10.255.255.254 10.0.0.138"},
		{"172.20.10.2/28", "172.20.10.1", "172.20.10.1 172.20.10.14 172.20.10.1"},
		{"192.168.7.20/24", "10.0.0.1", "192.168.7.1 192.168.7.254"},
		{"203.0.113.7/32", "10.0.0.1", ""},
		{"0.0.0.0/0", "", "0.0.0.1 255.255.255.254"},
	} {
		c := lan.Candidate{Prefix: netip.MustParsePrefix(tt.prefix), Addr: netip.MustParsePrefix(tt.prefix).Addr()}
		gateway, _ := netip.ParseAddr(tt.gateway)
		var got []string
		for _, a := range samples(c, gateway) {
			got = append(got, a.String())
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s by %s: %v, want %s", tt.prefix, tt.gateway, got, tt.want)
		}
	}
}

// TestAbout: two networks on one interface, each with its router; an address without a network has one elsewhere.
func TestAbout(t *testing.T) {
	addr := netip.MustParseAddr
	candidate := func(prefix string, index int) lan.Candidate {
		p := netip.MustParsePrefix(prefix)
		return lan.Candidate{Addr: p.Addr(), Prefix: p, Interface: "wlan0", Index: index}
	}
	line := func(ip string, index int, mac string) entry {
		return entry{Neighbour{Addr: addr(ip), MAC: mac, Failed: mac == ""}, index}
	}
	routes := []route{{index: 2, gateway: addr("192.168.7.1")}, {index: 2, gateway: addr("10.0.0.1")}, {index: 3, gateway: addr("10.9.9.9")}}
	table := []entry{
		line("192.168.7.1", 2, "aa:bb:cc:dd:ee:ff"), line("192.168.7.30", 2, "66:77:88:99:aa:bb"), line("192.168.7.31", 3, "66:77:88:99:aa:bc"),
		line("10.0.0.1", 2, ""), line("10.0.0.7", 2, ""), line("10.9.9.9", 3, "aa:bb:cc:dd:ee:00"),
	}
	for _, tt := range []struct {
		c       lan.Candidate
		gateway string
		seen    bool
		others  string
	}{
		{candidate("192.168.7.20/24", 2), "192.168.7.1", true, "192.168.7.30"},
		{candidate("10.0.0.20/24", 2), "10.0.0.1", false, "10.0.0.7"},
		{candidate("203.0.113.7/32", 3), "10.9.9.9", true, ""},
		{candidate("192.168.9.1/24", 4), "invalid IP", false, ""},
	} {
		n := about(tt.c, table, routes)
		var others []string
		for _, o := range n.Neighbours {
			others = append(others, o.Addr.String())
		}
		if n.Gateway.String() != tt.gateway || n.GatewaySeen != tt.seen || strings.Join(others, " ") != tt.others {
			t.Errorf("%s: %+v", tt.c.Prefix, n)
		}
	}
	twice := []lan.Candidate{candidate("192.168.7.20/24", 2), candidate("192.168.7.21/24", 2)}
	if got := within(twice, table, routes); len(got) != 2 || !got[0].Router || got[1].Router {
		t.Errorf("of two addresses in one network: %+v", got)
	}
}

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

// FuzzMacOS reads whatever commands may print.
func FuzzMacOS(f *testing.F) {
	f.Add("? (192.168.1.1) at a4:2b:b0:12:34:56 on en0 ifscope [ethernet]\n")
	f.Add("default 192.168.1.1 UGScg en0\n  interface: en0\n  SSID : x\n")
	f.Fuzz(func(t *testing.T, text string) {
		for ifc, all := range parseARP(text) {
			for _, n := range all {
				if !n.Addr.IsValid() || n.Interface != ifc {
					t.Errorf("%+v", n)
				}
			}
		}
		parseDefaults(text)
		parseWay(text)
		parseSummary(text)
		parseCounters(text)
	})
}
