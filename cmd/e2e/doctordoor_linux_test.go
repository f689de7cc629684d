package e2e

import (
	"net/http"
	"time"

	"modelbeam/app/control"
	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/homelab"
)

// neverFar are causes that are wrong where the phone got as far as our door.
var neverFar = []string{
	"fine", "firewall", "firewall-ufw", "firewall-firewalld", "isolated", "phone-elsewhere", "two-networks", "other-program", "inconclusive",
}

// doors are homes in which the phone gets to us, and no further.
var doors = []fault{
	{
		name:  "https was typed",
		play:  func(l *lab) { l.typesHTTPS(l.Phone) },
		shows: "unreachable",
		want:  "https-typed",
		never: neverFar,
	},
	{
		name: "asked for by a name that is not ours",
		play: func(l *lab) {
			l.meets(l.Phone, atLaptop+"/", "403 ", "Host: laptop.example.net")
		},
		shows: "page",
		want:  "wrong-host",
		never: neverFar,
	},
	{
		name: "a code that another phone has used",
		play: func(l *lab) {
			code := l.freshCode(l.t)
			l.tries(l.Tablet, code, http.StatusOK)
			l.tries(l.Phone, code, http.StatusGone)
		},
		shows: "page",
		want:  "code-old",
		never: neverFar,
	},
	{
		name:  "a code that never was",
		play:  func(l *lab) { l.tries(l.Phone, "0000-0000", http.StatusUnauthorized) },
		shows: "page",
		want:  "code-old",
		never: neverFar,
	},
	{
		name: "a phone that was removed",
		play: func(l *lab) {
			h := l.pairs(l.Phone, "phone")
			l.chats(h)
			l.devices(l.t, "remove", "phone")
			l.shows(h, http.StatusUnauthorized)
		},
		shows: "page",
		want:  "key-unknown",
		never: neverFar,
	},
	{
		name: "an app with a key that is no phone's",
		play: func(l *lab) {
			l.shows(&handset{client: l.Phone.Client(), key: "mb_AAAAAAAAAAAAAAAAAAAAAA"}, http.StatusUnauthorized)
		},
		shows: "app",
		want:  "key-unknown",
		never: neverFar,
	},
	{
		name: "an app with a wrong key, while the page goes on asking",
		play: func(l *lab) {
			h := l.pairs(l.Phone, "phone")
			l.shows(&handset{client: l.Phone.Client(), key: "mb_AAAAAAAAAAAAAAAAAAAAAA"}, http.StatusUnauthorized)
			l.shows(h, http.StatusOK)
		},
		shows: "app",
		want:  "key-unknown",
		never: neverFar,
	},
	{
		name: "an app without a key",
		play: func(l *lab) {
			l.shows(&handset{client: l.Phone.Client()}, http.StatusUnauthorized)
		},
		shows: "app",
		want:  "key-unknown",
		never: neverFar,
	},
	{
		name: "a web page asks whether it may, and does not come",
		play: func(l *lab) {
			l.asks(l.Phone, http.MethodOptions, "204", "Origin: https://chat.example", "Access-Control-Request-Method: POST",
				"Access-Control-Request-Headers: authorization,content-type")
		},
		shows: "app",
		want:  "web-app-stopped",
		never: neverFar,
	},
	{
		name: "a web page that may not come",
		lay:  func(l *lab) { l.args = append(l.args, "--origin", "https://chat.example") },
		play: func(l *lab) {
			l.asks(l.Phone, http.MethodOptions, "", "Origin: https://other.example", "Access-Control-Request-Method: POST",
				"Access-Control-Request-Headers: authorization")
		},
		shows: "app",
		want:  "web-app-stopped",
		never: neverFar,
	},
	{
		name: "a proxy of the phone's stands between",
		play: func(l *lab) {
			l.raw(l.Phone, "GET "+atLaptop+"/v1/models HTTP/1.1\r\nHost: "+homelab.LaptopAddress+":8717\r\nVia: 1.1 saver\r\n\r\n", "HTTP/1.1 4")
		},
		shows: "page",
		want:  "phone-proxy",
		never: neverFar,
	},
	{
		name: "a proxy of the phone's wants a tunnel",
		play: func(l *lab) {
			l.raw(l.Phone, "CONNECT "+homelab.LaptopAddress+":8717 HTTP/1.1\r\nHost: "+homelab.LaptopAddress+":8717\r\n\r\n", "HTTP/1.1 4")
		},
		shows: "unreachable",
		want:  "phone-proxy",
		never: neverFar,
	},
	{
		name: "connections come, and nothing on them",
		play: func(l *lab) {
			conn, err := l.Phone.Dial(l.t.Context(), "tcp", homelab.LaptopAddress+":8717")
			if err != nil {
				l.t.Fatal(err)
			}
			_ = conn.Close()
		},
		shows: "nothing",
		want:  "phone-proxy",
		never: neverFar,
	},
	{
		name: "it comes from far away, as through a relay",
		lay: func(l *lab) {
			l.Phone.IP("addr add 198.51.100.9/32 dev wlan0", "route add "+homelab.LaptopAddress+"/32 dev wlan0 src 198.51.100.9")
			l.Laptop.IP("route add 198.51.100.9/32 dev wlan0")
		},
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", "403 ") },
		shows: "page",
		want:  "phone-proxy",
		never: neverFar,
	},
	{
		name: "a code that was taken back",
		lay:  func(l *lab) { l.root = true },
		play: func(l *lab) {
			code := l.freshCode(l.t)
			l.operate(func(link *control.Link) { link.Pause() }, func(e event) bool { return e.Phase == "paused" })
			l.operate(func(link *control.Link) { link.Resume() }, func(e event) bool { return e.Phase == "sharing" && e.Pairing.Code != "" && e.Pairing.Code != code })
			l.tries(l.Phone, code, http.StatusGone)
		},
		shows: "page",
		want:  "code-old",
		never: neverFar,
	},
	{
		name: "sharing is paused",
		lay:  func(l *lab) { l.root = true },
		play: func(l *lab) {
			h := l.pairs(l.Phone, "phone")
			l.operate(func(link *control.Link) { link.Pause() }, func(e event) bool { return e.Phase == "paused" })
			l.shows(h, http.StatusServiceUnavailable)
		},
		shows: "page",
		want:  "paused",
		never: neverFar,
	},
	{
		name:  "the page comes, the app is kept in by the phone",
		play:  func(l *lab) { l.meets(l.Phone, atLaptop+"/", "200 ") },
		shows: "app",
		want:  "app-blocked",
		never: neverFar,
	},
	{
		name:  "the phone's clock is an hour ahead",
		play:  func(l *lab) { l.reports(`"name":"yes"`, time.Hour) },
		shows: "page",
		want:  "clock",
		never: neverFar,
	},
	{
		name:  "the phone knows no names that end in .local",
		play:  func(l *lab) { l.reports(`"name":"no"`, 0) },
		shows: "unreachable",
		want:  "name-not-found",
		never: neverFar,
	},
	{
		name: "one phone knows no names that end in .local, another is turned away",
		play: func(l *lab) {
			l.reports(`"name":"no"`, 0)
			l.Laptop.Nft(dropOurs)
			l.meets(l.Tablet, atLaptop+"/", homelab.TimedOut)
		},
		shows: "unreachable",
		want:  "firewall",
		never: []string{"fine", "name-not-found", "isolated", "phone-elsewhere"},
	},
	{
		name: "a second Modelbeam of the same name",
		play: func(l *lab) {
			second := &lab{Home: l.Home, t: l.t, args: l.args}
			second.shareOn(l.SecondLaptop())
			await.True(l.t, "both are announced", func() bool { return len(l.Phone.Announced("_http._tcp")) == 2 })
			l.meets(l.Phone, "http://"+homelab.SecondLaptopAddress+":8717/", "200 ")
		},
		shows: "page",
		want:  "same-name",
		never: []string{"fine", "firewall", "isolated", "other-program"},
	},
}
