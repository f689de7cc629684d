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
