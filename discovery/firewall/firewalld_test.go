package firewall

import (
	"slices"
	"testing"
)

func TestZoneOf(t *testing.T) {
	active := map[string]map[string][]string{
		"home":    {"interfaces": {"eth0", "wlan0"}},
		"trusted": {"sources": {"10.0.0.0/8", "ipset:friends", "aa:bb:cc:dd:ee:ff"}},
		"work":    {"sources": {"192.168.7.0/24"}, "interfaces": {"eth1"}},
	}
	for _, tt := range []struct {
		p    Program
		want string
	}{
		{onLinux, "work"},
		{Program{Interface: "wlan0"}, "home"},
		{Program{Interface: "wlan1"}, "public"},
		{Program{}, "public"},
	} {
		if got := zoneOf(active, "public", tt.p); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.p, got, tt.want)
		}
	}
}

func TestJudgeZone(t *testing.T) {
	for _, tt := range []struct {
		name   string
		z      zone
		state  State
		reason Reason
	}{
		{"not readable", zone{name: "public"}, MayBlock, RulesHidden},
		{"without us", zone{readable: true, target: "default", services: []string{"ssh", "mdns"}, ports: [][]string{{"80", "tcp"}}}, Blocks, NotInZone},
		{"our service", zone{readable: true, services: []string{"modelbeam"}}, Allows, ""},
		{"our port", zone{readable: true, ports: [][]string{{"8717", "tcp"}}}, Allows, ""},
		{"Fedora's range", zone{readable: true, ports: [][]string{{"1025-65535", "udp"}, {"1025-65535", "tcp"}}}, Allows, ""},
		{"our port, of UDP", zone{readable: true, ports: [][]string{{"8717", "udp"}, {}}}, Blocks, NotInZone},
		{"trusted", zone{readable: true, target: "ACCEPT"}, Allows, ""},
		{"a rule that lets in", zone{readable: true, rules: []string{`rule family="ipv4" port port="8717" protocol="tcp" accept`}}, Allows, ""},
		{"a rule that keeps out", zone{readable: true, target: "ACCEPT", rules: []string{`rule port port="8717" protocol="tcp" reject`}}, Blocks, BlockRule},
		{"both", zone{readable: true, rules: []string{`rule port port="8717" protocol="tcp" accept`, `rule service name="modelbeam" drop`}}, Blocks, BlockRule},
		{"a rule about one sender", zone{readable: true, rules: []string{`rule family="ipv4" source address="192.168.7.9" port port="8717" protocol="tcp" drop`}, ports: [][]string{{"8717", "tcp"}}}, Allows, ""},
		{"a rule about our network", zone{readable: true, rules: []string{`rule family="ipv4" source address="192.168.7.0/24" port port="8717" protocol="tcp" accept`}}, Allows, ""},
		{"a rule about all others", zone{readable: true, rules: []string{`rule family="ipv4" source NOT address="192.168.7.0/24" port port="8717" protocol="tcp" accept`}}, Blocks, NotInZone},
		{"panic", zone{readable: true, target: "ACCEPT", panicked: true}, Blocks, BlocksAll},
	} {
		if state, reason := judgeZone(tt.z, onLinux); state != tt.state || reason != tt.reason {
			t.Errorf("%s: %v %q, want %v %q", tt.name, state, reason, tt.state, tt.reason)
		}
	}
	if state, _ := judgeZone(zone{readable: true, services: []string{"modelbeam"}}, Program{Port: 9000}); state != Blocks {
		t.Error("our service lets in at a port that it does not have")
	}
}

func TestFirewalldFix(t *testing.T) {
	const both = "firewall-cmd --zone=home --add-service=modelbeam && firewall-cmd --permanent --zone=home --add-service=modelbeam"
	const port = "firewall-cmd --zone=home --add-port=9000/tcp --add-port=5353/udp && firewall-cmd --permanent --zone=home --add-port=9000/tcp --add-port=5353/udp"
	for _, tt := range []struct {
		z    zone
		port int
		want []string
	}{
		{zone{name: "home", known: true}, 8717, []string{"sh", "-c", both}},
		{zone{name: "home", known: true}, 9000, []string{"sh", "-c", port}},
		{zone{name: "home"}, 9000, []string{"sh", "-c", port}},
		{zone{name: "home", panicked: true}, 8717, []string{"firewall-cmd", "--panic-off"}},
		{zone{name: "a; rm -rf /"}, 8717, nil},
		{zone{}, 8717, nil},
	} {
		if got := fixFirewalld(tt.z, Program{Port: tt.port}); !slices.Equal(got, tt.want) {
			t.Errorf("%+v: %q", tt.z, got)
		}
	}
}
