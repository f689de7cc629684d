package e2e

import (
	"modelbeam/cmd/e2e/homelab"
)

// healthy are homes in which nothing is in a phone's way.
var healthy = []fault{
	{
		name: "a phone paired and chats",
		play: func(l *lab) { l.chats(l.pairs(l.Phone, "phone")) },
		want: "fine",
	},
	{
		name: "nobody has come yet",
		play: func(*lab) {},
		want: "fine",
	},
	{
		name: "a phone has another address when it comes back",
		play: func(l *lab) {
			h := l.pairs(l.Phone, "phone")
			l.chats(h)
			l.Phone.IP("link set wlan0 down")
			l.Phone.IP("link set wlan0 up")
			l.Phone.Renumber(homelab.PhoneAddress, "192.168.7.88", homelab.RouterAddress)
			l.Phone.AwaitLinks("wlan0")
			l.chats(h)
		},
		want: "fine",
	},
	{
		name: "containers on the laptop",
		lay:  func(l *lab) { l.containers() },
		play: func(l *lab) { l.chats(l.pairs(l.Phone, "phone")) },
		want: "fine",
	},
	{
		name:  "avahi on the laptop",
		needs: []string{"avahi-daemon", "dbus-daemon"},
		lay:   func(l *lab) { l.Laptop.Avahi() },
		play:  func(l *lab) { l.chats(l.pairs(l.Phone, "phone")) },
		want:  "fine",
	},
	{
		name: "IPv6 beside IPv4",
		lay: func(l *lab) {
			l.Laptop.IP("addr add fd00:7::20/64 dev wlan0 nodad")
			l.Phone.IP("addr add fd00:7::30/64 dev wlan0 nodad")
		},
		play: func(l *lab) {
			l.chats(l.pairs(l.Phone, "phone"))
			l.meets(l.Phone, "http://[fd00:7::20]:8717/", "200 ")
		},
		want: "fine",
	},
	{
		name: "a VPN that leaves the home network alone",
		lay: func(l *lab) {
			l.Laptop.Tunnel("wg0", "10.64.0.2/32")
			l.Laptop.IP("route add 0.0.0.0/1 dev wg0", "route add 128.0.0.0/1 dev wg0")
		},
		play: func(l *lab) { l.chats(l.pairs(l.Phone, "phone")) },
		want: "fine",
	},
	{
		name:  "ufw that lets us in",
		needs: []string{"ufw"},
		lay:   func(l *lab) { l.Laptop.UFW("allow 8717/tcp") },
		play:  func(l *lab) { l.chats(l.pairs(l.Phone, "phone")) },
		want:  "fine",
	},
	{
		name:  "firewalld that lets us in, and nobody has come yet",
		needs: []string{"firewalld", "firewall-cmd", "dbus-daemon"},
		lay:   func(l *lab) { l.Laptop.Firewalld("--zone=public --add-interface=wlan0", "--add-port=8717/tcp") },
		play:  func(*lab) {},
		want:  "fine",
	},
	{
		name:  "firewalld that lets us in",
		needs: []string{"firewalld", "firewall-cmd", "dbus-daemon"},
		lay:   func(l *lab) { l.Laptop.Firewalld("--zone=trusted --add-interface=wlan0") },
		play:  func(l *lab) { l.chats(l.pairs(l.Phone, "phone")) },
		want:  "fine",
	},
	{
		name: "rules that let us in",
		lay: func(l *lab) {
			l.Laptop.Nft(`table inet filter { chain input { type filter hook input priority 0; policy drop; ct state established,related accept; iif lo accept; ip protocol icmp accept; tcp dport 8717 accept; }; }`)
		},
		play: func(l *lab) { l.chats(l.pairs(l.Phone, "phone")) },
		want: "fine",
	},
	{
		name: "a phone behind a second router",
		lay:  func(l *lab) { l.SecondRouter() },
		play: func(l *lab) { l.chats(l.pairs(l.Phone, "phone")) },
		want: "fine",
	},
	{
		name: "the laptop is on the network by cable and by Wi-Fi",
		lay: func(l *lab) {
			l.Lay(homelab.Cable{From: l.Laptop, FromName: "eth0", To: l.Router, ToName: "laptop-eth0"})
			l.Plug("laptop-eth0")
			l.Laptop.IP("addr add 192.168.7.22/24 dev eth0")
		},
		play: func(l *lab) {
			l.chats(l.pairs(l.Phone, "phone"))
			l.meets(l.Phone, "http://192.168.7.22:8717/", "200 ")
		},
		want: "fine",
	},
	{
		name: "another program at the usual place",
		lay:  func(l *lab) { l.listens(l.Laptop, homelab.LaptopAddress+":8717", "another program") },
		play: func(l *lab) {
			l.meets(l.Phone, atLaptop+"/", "200 another program")
			l.url = "http://" + homelab.LaptopAddress + ":8718"
			l.chats(l.pairs(l.Phone, "phone"))
		},
		want: "fine",
	},
	{
		name: "another computer looks for a shared folder here",
		play: func(l *lab) { l.meets(l.Tablet, "http://"+homelab.LaptopAddress+":445/", homelab.Refused) },
		want: "fine",
	},
	{
		name: "another computer looks for a shared folder here, and a television for other televisions",
		play: func(l *lab) {
			l.announces(l.TV)
			l.meets(l.Tablet, "http://"+homelab.LaptopAddress+":445/", homelab.Refused)
		},
		want: "fine",
	},
	{
		name: "the router gave another address, and the phone comes to that",
		play: func(l *lab) {
			l.Laptop.Renumber(homelab.LaptopAddress, renumbered, homelab.RouterAddress)
			l.codeIsFor(renumbered)
			l.url = "http://" + renumbered + ":8717"
			l.chats(l.pairs(l.Phone, "phone"))
		},
		want: "fine",
	},
	{
		name: "it did not work at first",
		play: func(l *lab) {
			l.Laptop.Nft(dropOurs)
			l.meets(l.Phone, atLaptop+"/", homelab.TimedOut)
			l.Laptop.Nft(`delete table inet mine`)
			l.chats(l.pairs(l.Phone, "phone"))
		},
		want: "fine",
	},
}

// containers gives the laptop what Docker makes, with somebody in it.
func (l *lab) containers() {
	l.t.Helper()
	inside := l.Machine("container")
	l.Lay(homelab.Cable{From: l.Laptop, FromName: "veth7", To: inside, ToName: "eth0"})
	l.Laptop.Bridge("docker0", "172.17.0.1/16", "veth7")
	inside.Join("eth0", "172.17.0.2/16", "172.17.0.1")
}

// announces has a machine say what it offers to all who want to know (SSDP). This laptop does not.
func (l *lab) announces(m *homelab.Machine) {
	l.t.Helper()
	conn, err := m.Dial(l.t.Context(), "udp4", "239.255.255.250:1900")
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for range 6 {
		if _, err := conn.Write([]byte("NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\n\r\n")); err != nil {
			l.t.Fatal(err)
		}
	}
}
