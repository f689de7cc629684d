package e2e

import "modelbeam/cmd/e2e/homelab"

// neverApart are causes that are wrong where the laptop itself is in the way.
var neverApart = []string{"isolated", "phone-elsewhere", "two-networks", "fine"}

// firewalls are homes in which the laptop does not let phones in. The phone tries once, and a person asks.
var firewalls = []fault{
	{
		name: "rules drop what comes for us",
		play: func(l *lab) {
			l.Laptop.Nft(dropOurs)
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
		lay:   func(l *lab) { l.Laptop.UFW("allow 22/tcp", "reject 8717/tcp") },
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
			l.Laptop.UFW("disable")
			l.Laptop.Nft(dropOurs)
		},
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		shows: "unreachable",
		want:  "firewall",
		never: append([]string{"firewall-ufw"}, neverApart...),
	},
	{
		name: "rules drop what comes for us, and the person says nothing of the phone",
		play: func(l *lab) {
			l.Laptop.Nft(dropOurs)
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		want:  "firewall",
		never: neverApart,
	},
	{
		name:  "ufw is on, and the person says nothing of the phone",
		needs: []string{"ufw"},
		lay:   func(l *lab) { l.Laptop.UFW() },
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", homelab.TimedOut) },
		want:  "firewall-ufw",
		never: neverApart,
	},
	{
		// Its hardware address is known by then. What is lost may be anybody's.
		name: "rules drop what comes for us once a phone was in",
		play: func(l *lab) {
			l.chats(l.pairs(l.Phone, "phone"))
			l.Laptop.Nft(dropOurs)
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		shows:   "unreachable",
		want:    "inconclusive",
		between: []string{"firewall", "phone-elsewhere"},
		never:   []string{"fine", "isolated", "two-networks"},
	},
	{
		name:  "ufw is switched on once a phone was in",
		needs: []string{"ufw"},
		lay:   func(l *lab) { l.Laptop.UFW("disable") },
		play: func(l *lab) {
			l.chats(l.pairs(l.Phone, "phone"))
			l.Laptop.UFWCommand("--force enable")
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		shows:   "unreachable",
		want:    "inconclusive",
		between: []string{"firewall-ufw", "phone-elsewhere"},
		never:   []string{"fine", "isolated", "two-networks"},
	},
	{
		name: "the access point lets through what is not for us",
		play: func(l *lab) {
			l.Router.Nft(`table bridge ap { chain between { type filter hook forward priority 0; tcp dport 8717 drop; }; }`)
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		quiet:   true,
		shows:   "unreachable",
		want:    "inconclusive",
		between: []string{"isolated", "firewall"},
		never:   []string{"fine", "phone-elsewhere", "two-networks", "firewall-ufw", "firewall-firewalld"},
	},
}

// dropOurs is a firewall's rule against everybody.
const dropOurs = `table inet mine { chain in { type filter hook input priority 0; tcp dport 8717 drop; }; }`
