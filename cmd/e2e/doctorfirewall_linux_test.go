package e2e

import "modelbeam/cmd/e2e/homelab"

// neverApart are causes that are wrong where the laptop itself is in the way.
var neverApart = []string{"isolated", "phone-elsewhere", "two-networks", "fine"}

// firewalls are homes in which the laptop does not let phones in. The phone tries once, and a person asks.
var firewalls = []fault{
	{
		name: "rules drop what comes for us",
		play: func(l *lab) {
			l.Laptop.Nft(`table inet mine { chain in { type filter hook input priority 0; tcp dport 8717 drop; }; }`)
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		shows: "unreachable",
		want:  "firewall",
		never: neverApart,
	},
	{
		name: "rules reset what comes for us",
		play: func(l *lab) {
			l.Laptop.Nft(`table inet mine { chain in { type filter hook input priority 0; tcp dport 8717 reject with tcp reset; }; }`)
			l.meets(l.Phone, atLaptop+"/", homelab.Refused)
			l.meets(l.Phone, atLaptop+"/", homelab.Refused) // the person tries again
		},
		shows: "unreachable",
		want:  "firewall",
		never: neverApart,
	},
	{
		name: "rules refuse what comes for us",
		play: func(l *lab) {
			l.Laptop.Nft(`table inet mine { chain in { type filter hook input priority 0; tcp dport 8717 reject with icmpx admin-prohibited; }; }`)
			l.meets(l.Phone, atLaptop+"/", homelab.Unreachable)
		},
		shows: "unreachable",
		want:  "firewall",
		never: neverApart,
	},
	{
		name: "rules let in nothing that was not asked for",
		lay: func(l *lab) {
			l.Laptop.Nft(`table inet filter { chain input { type filter hook input priority 0; policy drop; ct state established,related accept; iif lo accept; }; }`)
		},
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "nothing",
		want:  "firewall",
		never: neverApart,
	},
	{
		name: "rules drop before anybody has looked",
		lay: func(l *lab) {
			l.Laptop.Nft(`table inet early { chain pre { type filter hook prerouting priority raw; ip saddr 192.168.7.0/24 tcp dport 8000-9000 drop; }; }`)
		},
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "unreachable",
		want:  "firewall",
		never: neverApart,
	},
	{
		name:  "a program drops what comes by the Wi-Fi",
		quiet: true,
		lay: func(l *lab) {
			l.Laptop.Nft(`table netdev suite { chain in { type filter hook ingress device "wlan0" priority 0; tcp dport 8717 drop; }; }`)
		},
		play:    func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows:   "unreachable",
		want:    "inconclusive", // see apart
		between: []string{"isolated", "firewall"},
		never:   []string{"fine", "phone-elsewhere", "two-networks", "firewall-ufw", "firewall-firewalld"},
	},
	{
		name:  "iptables drops what comes for us",
		needs: []string{"iptables"},
		lay:   func(l *lab) { l.Laptop.Run("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "8717", "-j", "DROP") },
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "unreachable",
		want:  "firewall",
		never: neverApart,
	},
	{
		name: "rules let nothing out to the Wi-Fi",
		lay: func(l *lab) {
			l.Laptop.Nft(`table inet leak { chain out { type filter hook output priority 0; oifname "wlan0" meta l4proto { tcp, udp } drop; }; }`)
		},
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "unreachable",
		want:  "firewall",
		never: neverApart,
	},
	{
		name: "rules drop what one phone sends, the other one is in",
		play: func(l *lab) {
			l.chats(l.pairs(l.Tablet, "tablet"))
			l.Laptop.Nft(`table inet mine { chain in { type filter hook input priority 0; ip saddr ` + homelab.PhoneAddress + ` drop; }; }`)
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		shows: "unreachable",
		want:  "firewall",
		never: neverApart,
	},
	{
		name:  "ufw is on",
		needs: []string{"ufw"},
		lay:   func(l *lab) { l.Laptop.UFW() },
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "unreachable",
		want:  "firewall-ufw",
		never: neverApart,
	},
	{
		name:  "ufw lets in somebody else",
		needs: []string{"ufw"},
		lay:   func(l *lab) { l.Laptop.UFW([]string{"allow", "22/tcp"}, []string{"reject", "8717/tcp"}) },
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.Refused) },
		shows: "unreachable",
		want:  "firewall-ufw",
		never: neverApart,
	},
	{
		name:  "firewalld is on",
		needs: []string{"firewalld", "firewall-cmd", "dbus-daemon"},
		lay:   func(l *lab) { l.Laptop.Firewalld("--zone=public --add-interface=wlan0") },
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.Unreachable) },
		shows: "unreachable",
		want:  "firewall-firewalld",
		never: neverApart,
	},
	{
		name:  "firewalld drops, and has its zone from its defaults",
		needs: []string{"firewalld", "firewall-cmd", "dbus-daemon"},
		lay:   func(l *lab) { l.Laptop.Firewalld("--set-default-zone=drop") },
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "nothing",
		want:  "firewall-firewalld",
		never: neverApart,
	},
	{
		name:  "ufw is off, and other rules drop what comes for us",
		needs: []string{"ufw"},
		lay: func(l *lab) {
			l.Laptop.UFW([]string{"disable"})
			l.Laptop.Nft(`table inet mine { chain in { type filter hook input priority 0; tcp dport 8717 drop; }; }`)
		},
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "unreachable",
		want:  "firewall",
		never: append([]string{"firewall-ufw"}, neverApart...),
	},
}
