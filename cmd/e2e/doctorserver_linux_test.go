package e2e

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"modelbeam/cmd/e2e/await"
)

// servers are homes in which the phone is in, and has nothing to talk to.
var servers = []fault{
	{
		name:  "no AI app on the laptop",
		lay:   func(l *lab) { l.args = []string{"--demo", "off"} },
		play:  func(l *lab) { l.pairs(l.Phone, "phone") },
		shows: "page",
		want:  "no-server",
		never: neverFar,
	},
	{
		name:  "the AI app hangs",
		lay:   func(l *lab) { l.serves(swallow, "m") },
		play:  func(l *lab) { l.waitsInVain(11 * time.Second) },
		shows: "app",
		want:  "server-hangs",
		never: neverFar,
	},
	{
		name: "the AI app hangs, and the phone still waits",
		lay:  func(l *lab) { l.serves(swallow, "m") },
		play: func(l *lab) {
			h := l.pairs(l.Phone, "phone")
			ctx, cancel := context.WithCancel(l.t.Context())
			ended := make(chan struct{})
			l.t.Cleanup(func() { cancel(); <-ended })
			go func() {
				defer close(ended)
				_, _ = h.do(ctx, http.MethodPost, l.url+"/v1/chat/completions", []byte(question))
			}()
			await.True(l.t, "the doctor knows who waits", func() bool { return l.doctor("app").Cause != "fine" })
		},
		shows: "app",
		want:  "server-hangs",
		never: neverFar,
	},
	{
		name:  "the AI app hangs, and the phone gave up soon",
		lay:   func(l *lab) { l.serves(swallow, "m") },
		play:  func(l *lab) { l.waitsInVain(3 * time.Second) },
		shows: "app",
		want:  "server-hangs",
		never: neverFar,
	},
	{
		name:  "the AI app hangs, and the person says nothing of the phone",
		lay:   func(l *lab) { l.serves(swallow, "m") },
		play:  func(l *lab) { l.waitsInVain(11 * time.Second) },
		want:  "server-hangs",
		never: neverFar,
	},
	{
		name: "the AI app answers nothing",
		lay: func(l *lab) {
			l.server = &fake{Server: httptest.NewUnstartedServer(http.HandlerFunc(swallow))}
			l.opens()
		},
		play:  func(l *lab) { l.pairs(l.Phone, "phone") },
		shows: "page",
		want:  "server-hangs",
		never: neverFar,
	},
	{
		name:  "the AI app has no model",
		lay:   func(l *lab) { l.serves(swallow) },
		play:  func(l *lab) { l.pairs(l.Phone, "phone") },
		shows: "page",
		want:  "server-no-model",
		never: neverFar,
	},
	{
		name: "the AI app wants a key",
		lay: func(l *lab) {
			l.server = &fake{Server: httptest.NewUnstartedServer(refuse(http.StatusUnauthorized, "invalid_api_key", 0))}
			l.opens()
		},
		play:  func(l *lab) { l.pairs(l.Phone, "phone") },
		shows: "page",
		want:  "server-needs-key",
		never: neverFar,
	},
	{
		name: "the AI app is gone",
		lay: func(l *lab) {
			l.serves(swallow, "m")
		},
		play: func(l *lab) {
			l.server.CloseClientConnections()
			l.server.Close()
			l.asksModel(http.StatusBadGateway)
		},
		shows: "app",
		want:  "server-hangs",
		never: neverFar,
	},
	{
		name: "the AI app breaks off",
		lay: func(l *lab) {
			l.serves(vanish, "m")
		},
		play:  func(l *lab) { l.asksModel(http.StatusBadGateway) },
		shows: "app",
		want:  "server-hangs",
		never: neverFar,
	},
	{
		name: "the AI app refuses",
		lay: func(l *lab) {
			l.serves(refuse(http.StatusInternalServerError, "out_of_memory", 0), "m")
		},
		play:  func(l *lab) { l.asksModel(http.StatusInternalServerError) },
		shows: "app",
		want:  "server-refuses",
		never: neverFar,
	},
}

// swallow takes a request and never answers. Without reading all of it, it would not notice that nobody waits any more.
func swallow(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// serves puts a server with these models on the laptop, as the only one.
func (l *lab) serves(answer http.HandlerFunc, models ...string) {
	l.t.Helper()
	l.server = newFake(l.t, answer, models...)
	l.opens()
}

// opens opens the server's port on the laptop.
func (l *lab) opens() {
	l.t.Helper()
	_ = l.server.Listener.Close()
	l.server.Listener = l.Laptop.Listen("127.0.0.1:0")
	l.server.Start()
	l.t.Cleanup(func() {
		l.server.CloseClientConnections() // or Close waits for answers that have no end
		l.server.Close()
	})
	l.args = []string{"--demo", "off", "--server", l.server.URL}
}

// asksModel has the phone pair, and ask for an answer of the model m.
func (l *lab) asksModel(want int) {
	l.t.Helper()
	h := l.pairs(l.Phone, "phone")
	if got := h.chatWith(l.t, l.url, "/v1/chat/completions", question); got.Status != want {
		l.t.Errorf("a chat gets %d, want %d: %s", got.Status, want, got.Text)
	}
}

const question = `{"model":"m","messages":[{"role":"user","content":"Hi"}]}`

// waitsInVain has the phone pair, ask for an answer, and give up.
func (l *lab) waitsInVain(after time.Duration) {
	l.t.Helper()
	h := l.pairs(l.Phone, "phone")
	ctx, cancel := context.WithTimeout(l.t.Context(), after)
	defer cancel()
	if got, err := h.do(ctx, http.MethodPost, l.url+"/v1/chat/completions", []byte(question)); err == nil {
		l.t.Errorf("a chat gets %d: %s", got.Status, got.Text)
	}
}
