package vicinity

import (
	"slices"
	"testing"
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
