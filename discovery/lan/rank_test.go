package lan

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// card is an interface that is up, with addresses; marks follow in with.
func card(name string, addrs ...string) nic {
	n := nic{name: name, up: true}
	for _, a := range addrs {
		n.prefixes = append(n.prefixes, netip.MustParsePrefix(a))
	}
	return n
}

// reasons are why there are no candidates, in words.
var reasons = map[Reason]string{
	NoNetwork: "no network", SelfAssigned: "self-assigned", OnlyIPv6: "only IPv6", OnlyVPN: "only a VPN",
	InContainer: "in a container", InWSL: "in WSL",
}

// of sets the kind of a device of software.
func (n nic) of(kind string) nic {
	n.kind = kind
	return n
}

// with sets marks: p is physical, g has a gateway, t is point-to-point, d is down or not connected,
// b is a bridge without a real network, 6 has an IPv6 address.
func (n nic) with(marks string) nic {
	n.lonely = strings.Contains(marks, "b")
	n.global6 = strings.Contains(marks, "6")
	n.physical = strings.Contains(marks, "p")
	n.gateway = strings.Contains(marks, "g")
	n.pointToPoint = strings.Contains(marks, "t")
	n.up = !strings.Contains(marks, "d")
	return n
}

func (n nic) described(text string) nic {
	n.description = text
	return n
}

func TestRank(t *testing.T) {
	lo := card("lo", "127.0.0.1/8")
	lo.loopback = true
	for _, tt := range []struct {
		name   string
		source string
		nics   []nic
		want   []string // address and score
	}{
		{"nothing", "", nil, []string{"no network"}},
		{"only loopback", "", []nic{lo}, []string{"no network"}},
		{
			"Wi-Fi and Docker", "192.168.1.20",
			[]nic{
				lo, card("docker0", "172.17.0.1/16"), card("br-3f2a", "172.18.0.1/16"), card("veth12ab"),
				card("wlp3s0", "192.168.1.20/24").with("pg"),
			},
			[]string{"192.168.1.20 140"},
		},
		{
			"a VPN has the traffic", "10.8.0.2",
			[]nic{
				lo, card("wg0", "10.8.0.2/24"), card("tun0", "10.9.0.6/24").with("t"), card("eth0", "192.168.1.20/24").with("pg"),
			},
			[]string{"192.168.1.20 100"},
		},
		{
			"a VPN on Windows by its description", "10.5.0.2",
			[]nic{
				card("Local Area Connection", "10.5.0.2/16").described("TAP-Windows Adapter V9").with("pg"),
				card("Wi-Fi", "192.168.178.30/24").described("Intel(R) Wi-Fi 6 AX201 160MHz").with("pg"),
			},
			[]string{"192.168.178.30 100", "10.5.0.2 40"},
		},
		{
			"WSL and Hyper-V", "192.168.0.14",
			[]nic{
				card("vEthernet (WSL (Hyper-V firewall))", "172.29.112.1/20").with("p"),
				card("vEthernet (Default Switch)", "172.30.16.1/20").with("p"),
				card("Ethernet", "192.168.0.14/24").with("pg"),
			},
			[]string{"192.168.0.14 140"},
		},
		{
			"a Hyper-V switch has the only network", "192.168.0.14",
			[]nic{card("vEthernet (External)", "192.168.0.14/24").with("pg")},
			[]string{"192.168.0.14 40"},
		},
		{
			"VirtualBox on Windows", "192.168.1.7",
			[]nic{
				card("Ethernet 3", "192.168.56.1/24").described("VirtualBox Host-Only Ethernet Adapter").with("p"),
				card("Wi-Fi", "192.168.1.7/24").with("pg"),
			},
			[]string{"192.168.1.7 140"},
		},
		{
			"libvirt and VMware on Linux", "10.0.0.5",
			[]nic{
				card("virbr0", "192.168.122.1/24"), card("vmnet8", "172.16.9.1/24"), card("enp2s0", "10.0.0.5/24").with("pg"),
			},
			[]string{"10.0.0.5 140"},
		},
		{
			"Tailscale comes last whatever it scores", "100.101.102.103",
			[]nic{
				card("tailscale0", "100.101.102.103/32").with("tg"),
				card("docker0", "172.17.0.1/16"),
				card("wlan0", "192.168.1.20/24").with("pg"),
			},
			[]string{"192.168.1.20 100", "100.101.102.103 0"},
		},
		{
			"only Tailscale", "",
			[]nic{lo, card("tailscale0", "100.101.102.103/32").with("t")},
			[]string{"100.101.102.103 -100"},
		},
		{
			"an iPhone's hotspot", "172.20.10.3",
			[]nic{card("en0", "172.20.10.3/28").with("pg"), card("awdl0"), card("utun3", "10.1.2.3/24").with("t")},
			[]string{"172.20.10.3 140"},
		},
		{
			"this machine is the hotspot", "10.0.0.5",
			[]nic{card("Ethernet", "10.0.0.5/24").with("pg"), card("Local Area Connection* 2", "192.168.137.1/24").with("p")},
			[]string{"10.0.0.5 140", "192.168.137.1 40"},
		},
		{
			"cable and Wi-Fi", "192.168.1.20",
			[]nic{card("wlan0", "192.168.1.21/24").with("pg"), card("eth0", "192.168.1.20/24").with("pg")},
			[]string{"192.168.1.20 140", "192.168.1.21 100"},
		},
		{
			"two equals are ordered by name", "",
			[]nic{card("eth1", "10.1.0.1/24").with("p"), card("eth0", "10.2.0.1/24", "10.1.5.1/24").with("p")},
			[]string{"10.1.5.1 40", "10.2.0.1 40", "10.1.0.1 40"},
		},
		{
			"a network that is offline", "",
			[]nic{card("eth0", "192.168.1.20/24").with("p"), card("docker0", "172.17.0.1/16")},
			[]string{"192.168.1.20 40"},
		},
		{
			"link-local beside a network", "192.168.1.20",
			[]nic{card("eth0", "169.254.10.1/16").with("p"), card("wlan0", "192.168.1.20/24").with("pg")},
			[]string{"192.168.1.20 140"},
		},
		{
			"networks of software under any name", "",
			[]nic{card("lan9", "10.77.0.1/24").of("dummy"), card("vx0", "10.78.0.1/24").of("vxlan"), card("gnv0", "10.79.0.1/24").of("geneve")},
			[]string{"no network"},
		},
		{
			"link-local alone", "",
			[]nic{card("eth0", "169.254.10.1/16").with("p")},
			[]string{"self-assigned"},
		},
		{
			"a namespace with a veth", "",
			[]nic{lo, card("wlan0", "192.168.77.10/24"), card("docker0", "172.17.0.1/16")},
			[]string{"192.168.77.10 10"},
		},
		{
			"nothing but a container's end", "",
			[]nic{lo, card("veth0", "10.200.0.2/24")},
			[]string{"10.200.0.2 -10"},
		},
		{
			"a container's end among Docker's networks", "",
			[]nic{
				card("br-3f2a", "172.18.0.1/16"), card("docker0", "172.17.0.1/16"), card("eth1", "172.17.0.9/16"), card("veth0", "10.200.0.2/24"),
			},
			[]string{"10.200.0.2 -10", "172.17.0.9 -20"},
		},
		{
			"a public address", "203.0.113.5",
			[]nic{card("eth0", "203.0.113.5/24").with("pg")},
			[]string{"203.0.113.5 130"},
		},
		{
			"unusable", "",
			[]nic{
				card("eth0", "192.168.1.20/24").with("pd"), card("ppp0", "10.64.0.2/24").with("t"), card("eth1", "192.168.2.2/32").with("p"),
			},
			[]string{"no network"},
		},
		{
			"WireGuard alone", "10.64.0.2",
			[]nic{lo, card("wg0", "10.64.0.2/32").of("wireguard").with("tg"), card("wlan0").with("p")},
			[]string{"only a VPN"},
		},
		{
			"OpenVPN under any name alone", "10.8.0.6",
			[]nic{lo, card("office", "10.8.0.6/24").of("tun").with("tg")},
			[]string{"only a VPN"},
		},
		{
			"WireGuard beside a network", "10.64.0.2",
			[]nic{card("wg0", "10.64.0.2/32").of("wireguard").with("tg"), card("wlan0", "192.168.1.20/24").with("p")},
			[]string{"192.168.1.20 40"},
		},
		{
			"an address alone, with a router", "10.11.12.13",
			[]nic{card("wlan0", "10.11.12.13/32").with("pg")},
			[]string{"10.11.12.13 140"},
		},
		{
			"offline with Docker", "",
			[]nic{lo, card("docker0", "172.17.0.1/16").of("bridge").with("b"), card("wlan0").with("p")},
			[]string{"no network"},
		},
		{
			"offline with Incus, Multipass and Waydroid", "",
			[]nic{
				card("incusbr0", "10.5.5.1/24").of("bridge").with("b"), card("mpqemubr0", "10.6.6.1/24").of("bridge").with("b"),
				card("waydroid0", "192.168.240.1/24").of("bridge").with("b"), card("vnet3"),
			},
			[]string{"no network"},
		},
		{
			"Wi-Fi with Incus", "192.168.1.20",
			[]nic{card("incusbr0", "10.5.5.1/24").of("bridge").with("b"), card("wlan0", "192.168.1.20/24").with("pg")},
			[]string{"192.168.1.20 140"},
		},
		{
			"a bridge of the machine's own interface", "192.168.1.20",
			[]nic{card("br0", "192.168.1.20/24").of("bridge").with("g"), card("eth0").with("p")},
			[]string{"192.168.1.20 110"},
		},
		{
			"a router's bridge, named like Docker's", "10.0.0.5",
			[]nic{card("br-lan", "192.168.1.1/24").of("bridge"), card("eth0", "10.0.0.5/24").with("pg")},
			[]string{"10.0.0.5 140", "192.168.1.1 -90"},
		},
		{
			"a TAP VPN of any name", "10.9.0.2",
			[]nic{card("edge0", "10.9.0.2/24").of("tun").with("g"), card("wlan0", "192.168.1.20/24").with("p")},
			[]string{"192.168.1.20 40", "10.9.0.2 110"},
		},
		{
			"a VPN is all there is", "10.9.0.2",
			[]nic{card("edge0", "10.9.0.2/24").of("tun").with("g"), card("wlan0").with("p")},
			[]string{"only a VPN"},
		},
		{
			"offline with Tailscale", "",
			[]nic{card("tailscale0", "100.101.102.103/32").of("tun").with("t"), card("docker0", "172.17.0.1/16").of("bridge").with("b")},
			[]string{"100.101.102.103 -100"},
		},
		{
			"a carrier's range at home", "100.72.0.5",
			[]nic{card("wlan0", "100.72.0.5/22").with("pg")},
			[]string{"100.72.0.5 130"},
		},
		{
			"self-assigned beside Docker", "",
			[]nic{card("wlan0", "169.254.10.1/16").with("p"), card("docker0", "172.17.0.1/16").of("bridge").with("b")},
			[]string{"self-assigned"},
		},
		{
			"the cable is out", "192.168.7.20",
			[]nic{card("eth0", "10.10.0.5/24").with("pd"), card("wlan0", "192.168.7.20/24").with("p")},
			[]string{"192.168.7.20 80"},
		},
		{
			"IPv6 alone", "",
			[]nic{lo, card("wlan0").with("p6")},
			[]string{"only IPv6"},
		},
		{
			"Docker's container", "172.17.0.5",
			[]nic{lo, card("eth0", "172.17.0.5/16").of("veth").with("g")},
			[]string{"in a container"},
		},
		{
			"a wired network that is cabled with veth", "10.10.0.5",
			[]nic{lo, card("eth0", "10.10.0.5/24").of("veth").with("g")},
			[]string{"10.10.0.5 110"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot{nics: tt.nics}
			if tt.source != "" {
				s.source = netip.MustParseAddr(tt.source)
			}
			var got []string
			survey := rank(s)
			if survey.Missing != NoReason {
				got = []string{reasons[survey.Missing]}
			}
			for _, c := range survey.Candidates {
				got = append(got, c.Addr.String()+" "+strconv.Itoa(c.Score))
				if c.Prefix.Addr() != c.Addr || c.Interface == "" {
					t.Errorf("incomplete: %+v", c)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// Names of real interfaces, and of some that only look like virtual ones.
func TestVirtual(t *testing.T) {
	for name, want := range map[string]bool{
		"eth0": false, "enp0s31f6": false, "wlan0": false, "wlp2s0": false, "en0": false, "bond0": false,
		"br0": false, "bridge0": false, "Wi-Fi": false, "Ethernet 2": false, "Local Area Connection* 2": false,
		"br-0123abcd": true, "docker_gwbridge": true, "lxdbr0": true, "virbr0-nic": true,
		"bridge100": true, "utun4": true, "wg-home": true, "ztabcdef12": true, "zthnhe5ir5": true,
		"VMware Network Adapter VMnet8": true, "vEthernet (WSL)": true, "NordLynx": true, "Radmin VPN": true,
	} {
		if got := (nic{name: name}).virtual(); got != want {
			t.Errorf("virtual(%q) = %v", name, got)
		}
	}
}

// TestContained: what gives a system within another one away is its address too, since a container
// may have been given the machine's own network.
func TestContained(t *testing.T) {
	for _, tt := range []struct {
		in   surroundings
		nic  nic
		want Reason
	}{
		{wsl, card("eth0", "172.28.97.3/20").with("g"), InWSL},
		{wsl, card("eth0", "192.168.1.20/24").with("g"), NoReason}, // its "mirrored" network
		{container, card("eth0", "172.20.0.5/16").of("veth").with("g"), InContainer},
		{container, card("eth0", "10.88.0.5/16").of("veth").with("g"), InContainer},
		{container, card("eth0", "192.168.1.20/24").of("macvlan").with("g"), NoReason},
		{container, card("eth0", "172.20.0.5/16").with("pg"), NoReason}, // the machine's own
		{anything, card("eth0", "172.20.0.5/16").of("veth").with("g"), NoReason},
	} {
		if got := rank(snapshot{nics: []nic{tt.nic}, inside: tt.in}).Missing; got != tt.want {
			t.Errorf("%v in %d: %q, want %q", tt.nic.prefixes, tt.in, reasons[got], reasons[tt.want])
		}
	}
}
