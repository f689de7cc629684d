package e2e

import "modelbeam/cmd/e2e/homelab"

// networks are homes in which the laptop is not where phones are, or does not listen there.
var networks = []fault{
	{
		name:  "no network",
		lay:   func(l *lab) { l.Laptop.IP("addr flush dev wlan0", "link set wlan0 down") },
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "unreachable",
		want:  "no-network",
	},
	{
		name: "no router gave an address",
		lay: func(l *lab) {
			l.Laptop.IP("addr flush dev wlan0 scope global", "addr add 169.254.10.1/16 dev wlan0")
		},
		play: func(*lab) {},
		want: "self-assigned",
	},
	{
		name: "somebody gave this computer an address of another network",
		lay: func(l *lab) {
			l.Laptop.IP("addr flush dev wlan0 scope global", "addr add 192.168.8.20/24 dev wlan0", "route add default via 192.168.8.1")
		},
		play:  func(l *lab) { l.meets(l.Phone, "http://192.168.8.20:8717/", homelab.TimedOut) },
		shows: "unreachable",
		want:  "self-assigned",
	},
	{
		name: "IPv6 alone",
		lay: func(l *lab) {
			l.Laptop.IP("addr flush dev wlan0 scope global", "addr add 2001:db8::20/64 dev wlan0 nodad")
		},
		play: func(*lab) {},
		want: "only-ipv6",
	},
	{
		name: "a VPN is all there is",
		lay: func(l *lab) {
			l.Laptop.IP("addr flush dev wlan0", "link set wlan0 down")
			l.Laptop.Tunnel("wg0", "10.64.0.2/32")
			l.Laptop.IP("route add default dev wg0")
		},
		play: func(*lab) {},
		want: "only-vpn",
	},
	{
		name: "a container",
		lay: func(l *lab) {
			l.Laptop.IP("link set wlan0 down", "link set wlan0 name eth0", "addr flush dev eth0", "link set eth0 up",
				"addr add 172.17.0.5/16 dev eth0", "route add default via 172.17.0.1")
		},
		play: func(*lab) {},
		want: "in-container",
	},
	{
		name: "a VPN has rules for all packets, also for those to the home network",
		lay: func(l *lab) {
			l.Laptop.Tunnel("nordlynx", "10.5.0.2/16")
			l.Laptop.IP("route add default dev nordlynx table 205", "rule add not fwmark 0xe1f1 table 205 priority 100")
		},
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "unreachable",
		want:  "vpn-takes-network",
	},
	{
		name: "a VPN has nearer routes to the home network",
		lay: func(l *lab) {
			l.Laptop.Tunnel("tun0", "10.8.0.6/24")
			l.Laptop.IP("route add 192.168.7.0/25 dev tun0", "route add 192.168.7.128/25 dev tun0")
		},
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "nothing",
		want:  "vpn-takes-network",
	},
	{
		name: "a VPN takes all packets once a phone was in",
		play: func(l *lab) {
			l.chats(l.pairs(l.Phone, "phone"))
			l.Laptop.Tunnel("nordlynx", "10.5.0.2/16")
			l.Laptop.IP("route add default dev nordlynx table 205", "rule add not fwmark 0xe1f1 table 205 priority 100")
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		shows: "unreachable",
		want:  "vpn-takes-network",
	},
	{
		name: "a VPN forbids the home network",
		lay: func(l *lab) {
			l.Laptop.Tunnel("wg0", "10.64.0.2/32")
			l.Laptop.IP("route add default dev wg0 table 205", "rule add from all table 205 priority 101",
				"rule add to 192.168.7.0/24 priority 100 unreachable")
		},
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "unreachable",
		want:  "vpn-takes-network",
	},
	{
		name: "a VPN lets nothing else out",
		lay: func(l *lab) {
			l.Laptop.Tunnel("wg0", "10.64.0.2/32")
			l.Laptop.IP("route add 0.0.0.0/1 dev wg0", "route add 128.0.0.0/1 dev wg0")
			l.Laptop.Nft(`table inet killswitch { chain out { type filter hook output priority 0; policy drop; oifname { "lo", "wg0" } accept; ip daddr 203.0.113.9 accept; }; }`)
		},
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "unreachable",
		want:  "vpn-takes-network",
	},
	{
		name:  "it listens for this computer alone",
		lay:   func(l *lab) { l.args = append(l.args, "--listen", "127.0.0.1:8717") },
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.Refused) },
		shows: "unreachable",
		want:  "only-this-computer",
	},
	{
		name: "it listens at one address, which went",
		lay:  func(l *lab) { l.args = append(l.args, "--listen", homelab.LaptopAddress+":8717") },
		play: func(l *lab) {
			l.Laptop.Renumber(homelab.LaptopAddress, renumbered, homelab.RouterAddress)
			l.meets(l.Phone, "http://"+renumbered+":8717/", homelab.Refused)
			l.awaitEvent(l.t, "state", "it has noticed", func(e event) bool { return e.Problem != nil && e.Problem.Kind == "address-gone" })
		},
		shows: "unreachable",
		want:  "address-gone",
	},
	{
		name:  "it was told to listen at an address that this computer never had",
		lay:   func(l *lab) { l.args, l.tray = append(l.args, "--listen", "192.168.7.99:8717"), true },
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.Refused) },
		shows: "unreachable",
		want:  "cannot-listen",
	},
	{
		name: "the port is taken",
		lay: func(l *lab) {
			l.listens(l.Laptop, ":8717", "another program")
			l.args, l.tray = append(l.args, "--listen", ":8717"), true
		},
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", "200 another program") },
		shows: "page",
		want:  "port-taken",
	},
	{
		name: "another program catches what is for us",
		lay: func(l *lab) {
			l.listens(l.Laptop, ":9999", "<h1>Security suite</h1>")
			l.Laptop.Nft(`table ip suite {
				chain in { type nat hook prerouting priority dstnat; tcp dport 8717 redirect to :9999; }
				chain own { type nat hook output priority -100; ip daddr ` + homelab.LaptopAddress + ` tcp dport 8717 redirect to :9999; }
			}`)
		},
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", "200 <h1>Security suite") },
		shows: "page",
		want:  "other-program",
	},
	{
		name: "two networks, and the code is for the one where the phone is not",
		lay:  func(l *lab) { l.Cabled() },
		play: func(l *lab) {
			l.codeIsFor(homelab.CableAddress)
			l.meets(l.Phone, "http://"+homelab.CableAddress+":8717/", homelab.TimedOut)
			l.meets(l.Phone, atLaptop+"/healthz", "200 ") // what the other code would have done
		},
		shows: "unreachable",
		want:  "two-networks",
	},
	{
		name: "two networks, and the person has chosen the one where the phone is not",
		lay: func(l *lab) {
			l.Cabled()
			l.args = append(l.args, "--advertise", homelab.CableAddress)
		},
		play: func(l *lab) {
			l.codeIsFor(homelab.CableAddress)
			l.meets(l.Phone, "http://"+homelab.CableAddress+":8717/", homelab.TimedOut)
		},
		shows: "nothing",
		want:  "two-networks",
	},
	{
		name: "two networks, and rules drop what comes to the right address",
		lay: func(l *lab) {
			l.Cabled()
			l.args = append(l.args, "--advertise", homelab.LaptopAddress)
			l.Laptop.Nft(dropOurs)
		},
		play: func(l *lab) {
			l.codeIsFor(homelab.LaptopAddress)
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		shows: "unreachable",
		want:  "firewall",
		never: []string{"fine", "two-networks", "isolated", "phone-elsewhere"},
	},
	{
		name: "the router gave another address after the phone had read the code",
		play: func(l *lab) {
			l.Laptop.Renumber(homelab.LaptopAddress, renumbered, homelab.RouterAddress)
			l.codeIsFor(renumbered)
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		shows: "unreachable",
		want:  "code-old",
		never: []string{"firewall", "isolated"},
	},
}

// codeIsFor waits until the code leads to that address of the laptop.
func (l *lab) codeIsFor(address string) {
	l.t.Helper()
	l.awaitEvent(l.t, "state", "the code is for "+address, func(e event) bool {
		return hostOf(e.Pairing.URL) == address
	})
}
