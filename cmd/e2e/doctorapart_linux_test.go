package e2e

import "modelbeam/cmd/e2e/homelab"

// neverHere are causes that are wrong where nothing of the phone arrives: the laptop can do nothing about it.
var neverHere = []string{"fine", "firewall", "firewall-ufw", "firewall-firewalld", "two-networks", "other-program"}

// apart are homes in which nothing that the phone sends gets to the laptop.
var apart = []fault{
	{
		// The question for the laptop's hardware address comes, and the answer does not get back. A firewall that works
		// before the kernel counts packets looks the same.
		name:  "the access point passes on only what is for everybody",
		quiet: true,
		play: func(l *lab) {
			l.KeepApart()
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		shows:   "unreachable",
		want:    "inconclusive",
		between: []string{"isolated", "firewall"},
		never:   []string{"fine", "phone-elsewhere", "two-networks", "firewall-ufw", "firewall-firewalld"},
	},
	{
		// The television has a cable. Who is heard does not tell that phones are not kept apart.
		name: "the access point keeps phones and the laptop apart, a television is heard",
		play: func(l *lab) {
			l.Isolate("laptop", "phone", "tablet")
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		shows:   "unreachable",
		want:    "inconclusive",
		between: []string{"isolated", "phone-elsewhere"},
		never:   neverHere,
	},
	{
		name: "the access point keeps all apart, and nobody else is seen",
		play: func(l *lab) {
			l.Isolate("laptop", "phone", "tablet", "tv")
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		shows:   "unreachable",
		want:    "inconclusive",
		between: []string{"isolated", "phone-elsewhere"},
		never:   neverHere,
	},
	{
		name: "the phone is on the Wi-Fi for guests, another one is in",
		lay:  func(l *lab) { l.Guests() },
		play: func(l *lab) {
			l.chats(l.pairs(l.Tablet, "tablet"))
			l.meets(l.Phone, "http://"+homelab.InternetAddress+"/", homelab.Refused) // it has internet
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		shows: "unreachable",
		want:  "phone-elsewhere",
		never: neverHere,
	},
	{
		name: "the phone is on mobile data, and the laptop looks for a computer that is switched off",
		lay:  func(l *lab) { l.MobileData() },
		play: func(l *lab) {
			l.chats(l.pairs(l.Tablet, "tablet"))
			l.announces(l.TV)
			if conn, err := l.Laptop.Dial(l.t.Context(), "tcp", "192.168.7.99:445"); err == nil {
				_ = conn.Close()
				l.t.Error("somebody is there")
			}
			l.meets(l.Phone, atLaptop+"/", homelab.Unreachable)
		},
		shows:   "unreachable",
		want:    "inconclusive", // what the television says is lost here
		between: []string{"firewall", "phone-elsewhere"},
		never:   []string{"fine", "isolated", "two-networks"},
	},
	{
		name: "the phone is on mobile data, another one is in",
		lay:  func(l *lab) { l.MobileData() },
		play: func(l *lab) {
			l.chats(l.pairs(l.Tablet, "tablet"))
			l.meets(l.Phone, "http://"+homelab.InternetAddress+"/", homelab.Refused)
			l.meets(l.Phone, atLaptop+"/", homelab.Unreachable)
		},
		shows: "unreachable",
		want:  "phone-elsewhere",
		never: neverHere,
	},
	{
		name: "the laptop is behind a second router, the phone is not",
		lay:  func(l *lab) { l.LaptopBehindSecondRouter() },
		play: func(l *lab) {
			l.codeIsFor(homelab.BehindAddress)
			l.meets(l.Phone, "http://"+homelab.BehindAddress+":8717/", homelab.TimedOut)
		},
		shows:   "unreachable",
		want:    "inconclusive",
		between: []string{"isolated", "phone-elsewhere"},
		never:   neverHere,
	},
	{
		name: "a VPN of the phone takes what is for the home network, another phone is in",
		lay: func(l *lab) {
			l.Phone.Tunnel("tun0", "10.9.0.2/24")
			l.Phone.IP("route add default dev tun0 table 205", "rule add not fwmark 0xe1f1 table 205 priority 100")
		},
		play: func(l *lab) {
			l.chats(l.pairs(l.Tablet, "tablet"))
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
		},
		shows: "unreachable",
		want:  "phone-elsewhere",
		never: neverHere,
	},
	{
		name: "the phone was here, and is in flight mode now",
		play: func(l *lab) {
			l.chats(l.pairs(l.Tablet, "tablet"))
			l.chats(l.pairs(l.Phone, "phone"))
			l.Phone.IP("link set wlan0 down")
			l.meets(l.Phone, atLaptop+"/", homelab.Unreachable)
		},
		shows: "unreachable",
		want:  "phone-elsewhere",
		never: neverHere,
	},
	{
		name:  "the Wi-Fi wants phones to sign in first",
		lay:   func(l *lab) { l.Portal() },
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", "200 Please sign in") },
		shows: "page",
		want:  "other-page",
		never: append([]string{"isolated", "phone-elsewhere"}, neverHere...),
	},
}
