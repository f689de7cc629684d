package e2e

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"
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

// typesHTTPS has a browser begin with TLS.
func (l *lab) typesHTTPS(m *homelab.Machine) {
	l.t.Helper()
	conn, err := m.Dial(l.t.Context(), "tcp", homelab.LaptopAddress+":8717")
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if tls.Client(conn, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(l.t.Context()) == nil {
		l.t.Error("there is TLS")
	}
}

// tries has a phone show a code.
func (l *lab) tries(m *homelab.Machine, code string, want int) {
	l.t.Helper()
	h := &handset{client: m.Client()}
	if got, err := h.pair(l.t.Context(), l.url, code, m.Name); err != nil || got.Status != want {
		l.t.Errorf("with the code %s %s gets %d, %v, want %d: %s", code, m.Name, got.Status, err, want, got.Text)
	}
}

// shows has a phone or an app of it ask for the models.
func (l *lab) shows(h *handset, want int) {
	l.t.Helper()
	if got := h.get(l.t, l.url+"/v1/models"); got.Status != want {
		l.t.Errorf("it gets %d, want %d: %s", got.Status, want, got.Text)
	}
}

// asks has a web page's browser send one request to what apps use.
func (l *lab) asks(m *homelab.Machine, method, want string, headers ...string) {
	l.t.Helper()
	if got := m.Ask(method, l.url+"/v1/chat/completions", "", headers...); !strings.HasPrefix(got, want) {
		l.t.Errorf("%s gets %q, want %s", method, got, want)
	}
}

// raw sends what no library would, and reads the first line of the answer.
func (l *lab) raw(m *homelab.Machine, request, want string) {
	l.t.Helper()
	conn, err := m.Dial(l.t.Context(), "tcp", homelab.LaptopAddress+":8717")
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprint(conn, request); err != nil {
		l.t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); !strings.HasPrefix(line, want) {
		l.t.Errorf("the answer begins %q, %v, want %q", line, err, want)
	}
}

// operate does what a person does in the window, and waits until a State says that it is done.
func (l *lab) operate(press func(*control.Link), done func(event) bool) {
	l.t.Helper()
	link, err := control.Open(l.t.Context(), control.Options{Dir: l.state, Role: control.RoleTerminal})
	if err != nil {
		l.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(l.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- link.Run(ctx) }()
	press(link)
	await.True(l.t, "what was pressed is done", func() bool {
		all := l.events(l.t)
		i := len(all) - 1
		for i >= 0 && all[i].Event != "state" {
			i--
		}
		return i >= 0 && done(all[i])
	})
	cancel()
	<-ended
}

// reports has the phone's page pair, test its connection, and tell what it found.
func (l *lab) reports(name string, ahead time.Duration) {
	l.t.Helper()
	h := l.pairs(l.Phone, "phone")
	body := fmt.Sprintf(`{"occasion":"test","age":10,"clock":%d,"tries":[{"url":"%s","outcome":"answered","ms":5}],%s,"online":"yes","network":"wifi","scheme":"http","browser":"webkit","obstacles":[]}`,
		time.Now().Add(ahead).UnixMilli(), l.url, name)
	if got := h.chatWith(l.t, l.url, "/report", body); got.Status != http.StatusNoContent {
		l.t.Errorf("a report gets %d: %s", got.Status, got.Text)
	}
}
