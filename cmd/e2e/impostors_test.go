package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// Who may have the laptop's address when the phone comes back to it, and what the phone does then: it
// keeps its key, gives it to nobody, says what is the matter, and goes on by itself.

// eavesdropper is somebody at the laptop's address, who notes what the phone sends.
type eavesdropper struct {
	*httptest.Server
	mu   sync.Mutex
	took []string
}

func eavesdrop(t *testing.T, answer http.HandlerFunc) *eavesdropper {
	t.Helper()
	e := &eavesdropper{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		e.took = append(e.took, fmt.Sprint(r.Method, " ", r.URL, " ", r.Header, " ", string(body)))
		e.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(func() {
		e.CloseClientConnections()
		e.Close()
	})
	return e
}

// asked is how often the phone came, and heard all that it sent.
func (e *eavesdropper) asked() int { return len(e.heard()) }

func (e *eavesdropper) heard() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.took...)
}

// passOn hands requests on to the laptop as its own address would get them, to have its proof.
func passOn(t *testing.T, laptop string) http.HandlerFunc {
	t.Helper()
	to, err := url.Parse(laptop)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to) // and Host with it
	}}
	return proxy.ServeHTTP
}

// redirect sends everybody to a page to sign in on, as some networks do.
func redirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "http://portal.invalid/login", http.StatusFound)
}

func TestImpostors(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer func(t *testing.T, laptop string) http.HandlerFunc
		said   string
	}{
		{"a device of another kind", func(*testing.T, string) http.HandlerFunc { return http.NotFound }, "This is a different laptop"},
		{"one that says it is the laptop", func(*testing.T, string) http.HandlerFunc {
			return say(`{"ok":true,"name":"vm","id":"x","proof":"00","models":[],"data":[]}`)
		}, "This is a different laptop"},
		{"one that asks the laptop", passOn, "This is a different laptop"},
		{"one that calls the key void", func(*testing.T, string) http.HandlerFunc { return refuse(401, "invalid_api_key", 0) }, "This is a different laptop"},
		{"a network that shows its page", func(*testing.T, string) http.HandlerFunc { return logIn }, "Sign in to the Wi-Fi first"},
		{"a network that sends to its page", func(*testing.T, string) http.HandlerFunc { return redirect }, "Sign in to the Wi-Fi first"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := serveTeller(t)
			b := startBeam(t, "--server", server.URL)
			way := startBreaker(t, b.url)
			stranger := eavesdrop(t, tt.answer(t, b.url))
			p := openPhone(t, thisMachine)
			p.open(way.url + "/#c=" + b.ready.Code)
			p.awaitRoom()
			key := p.key()

			way.lead(stranger.URL)
			p.ask("Tell me a secret story.", storyteller)
			p.awaitText(tt.said)
			seen := stranger.asked()
			await.True(t, "the page tries again by itself", func() bool { return stranger.asked() > seen+1 })
			if got := p.key(); got != key || key == "" {
				t.Errorf("the phone had the key %q and has %q", key, got)
			}
			if got := p.text(); strings.Contains(got, "FreeWifi") || strings.Contains(got, "<") || !strings.Contains(got, "Tell me a secret story.") {
				t.Errorf("the page says %q", got)
			}
			way.lead(b.url)
			server.assertWhole(t, p)
			await.True(t, "the page takes back what it said", func() bool { return !strings.Contains(p.text(), tt.said) })
			assertLearnedNothing(t, stranger, key)
		})
	}
}

func assertLearnedNothing(t *testing.T, stranger *eavesdropper, key string) {
	t.Helper()
	for _, request := range stranger.heard() {
		if strings.Contains(request, key) || strings.Contains(request, "Authorization") || strings.Contains(request, "secret") {
			t.Errorf("the stranger got %s", request)
		}
	}
}

// TestLaptopsSwapAddresses has two laptops with Modelbeam that get each other's address: the phone of
// the first keeps its key, loaded anew or not, and works again when the first is back. Scanning the
// other one's code is what changes that.
func TestLaptopsSwapAddresses(t *testing.T) {
	server := serveTeller(t)
	mine, other := startBeam(t, "--server", server.URL), startBeam(t, "--server", server.URL)
	otherPhone := newHandset(t)
	otherPhone.mustPair(t, other, "Of the other laptop")
	way := startBreaker(t, mine.url)
	p := openPhone(t, thisMachine)
	p.open(way.url + "/#c=" + mine.ready.Code)
	p.awaitRoom()
	key := p.key()

	way.lead(other.url)
	p.open("about:blank")
	p.open(way.url)
	p.awaitText("This is a different laptop")
	if got := p.key(); got != key {
		t.Errorf("the phone had the key %q and has %q", key, got)
	}
	way.lead(mine.url)
	p.awaitRoom() // by itself
	p.ask("Tell me a story.", storyteller)
	server.assertWhole(t, p)
	for _, e := range other.events(t) {
		if e.Event == "request" && e.Path != "/pair" {
			t.Errorf("the other laptop got %s %s: status %d", e.Method, e.Path, e.Status)
		}
	}

	way.lead(other.url)
	p.open("about:blank")
	p.open(way.url + "/#c=" + other.freshCode(t))
	p.awaitRoom()
	if got := p.key(); got == key || got == "" {
		t.Errorf("after pairing with the other laptop the phone has the key %q", got)
	}
	if n := len(other.devices(t)); n != 2 {
		t.Errorf("the other laptop has %d devices", n)
	}
}

// TestRemovedWhileAway removes a phone whose page is closed: it believes that from its own laptop
// alone, and loses its key then.
func TestRemovedWhileAway(t *testing.T) {
	b, other := startBeam(t, "--demo", "on"), startBeam(t, "--demo", "on")
	way := startBreaker(t, b.url)
	p := openPhone(t, thisMachine)
	p.open(way.url + "/#c=" + b.ready.Code)
	p.awaitRoom()
	p.open("about:blank")
	b.devices(t, "remove", b.devices(t)[0].ID)
	way.lead(other.url)
	p.open(way.url)
	p.awaitText("This is a different laptop")
	if p.key() == "" {
		t.Error("another laptop made the phone lose its key")
	}
	way.lead(b.url)
	p.awaitText("This phone was removed")
	await.True(t, "the key is gone", func() bool { return p.key() == "" })
}
