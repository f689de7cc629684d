package app

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"modelbeam/app/pairing"
	"modelbeam/app/usage"
	"modelbeam/cmd/e2e/await"
)

const plainChat = `{"model":"tiny","messages":[{"role":"user","content":"hi"}]}`

// scan uses the code that is shown, as a phone that may hold a key already, and returns the
// answer.
func (r *rig) scan(name, key string) (got struct {
	Key    string
	Device struct{ ID, Name string }
	Guest  *Guest
},
) {
	r.t.Helper()
	r.ShowCode(true)
	s := r.await("a code", sharing)
	status, body := r.do("POST", "/pair", key, fmt.Sprintf(`{"code":%q,"device":{"name":%q}}`, s.Pairing.Code, name))
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != 200 {
		r.t.Fatalf("pair: %d %s", status, body)
	}
	return got
}

func TestSecondScanRenews(t *testing.T) {
	r := start(t, Options{Demo: "on"})
	first := r.scan("iPhone · Safari", "")
	r.RenameDevice(first.Device.ID, "Anna's iPhone")
	r.await("renamed", func(s State) bool { return s.Devices[0].Name == "Anna's iPhone" })
	second := r.scan("iPhone · Safari", first.Key)
	if second.Device.ID != first.Device.ID || second.Key != first.Key || second.Device.Name != "Anna's iPhone" {
		t.Errorf("first %+v, second %+v", first, second)
	}
	r.awaitEvent("device", isAction("renewed"))
	other := r.scan("iPhone · Safari", "mb_AAAAAAAAAAAAAAAAAAAAAA")
	if other.Device.ID == first.Device.ID || len(r.State().Devices) != 2 {
		t.Errorf("with a key that is no one's: %+v", other)
	}
	r.RemoveDevice(first.Device.ID)
	r.await("removed", func(s State) bool { return len(s.Devices) == 1 })
	back := r.scan("iPhone · Safari", first.Key)
	if back.Key == first.Key || back.Device.ID == first.Device.ID {
		t.Error("a key that was removed is valid again")
	}
	if status, _ := r.do("GET", "/v1/models", first.Key, ""); status != 401 {
		t.Errorf("the removed key: %d", status)
	}
}

func TestPausedPhone(t *testing.T) {
	f := newFakeServer(t, "tiny")
	r := start(t, Options{Servers: []*url.URL{f.url(t)}, Demo: "off"})
	paused, other := r.scan("Leo", ""), r.scan("Anna", "")
	ended := make(chan string, 1)
	go func() {
		_, body := r.do("POST", "/v1/chat/completions", paused.Key, chatBody)
		ended <- body
	}()
	await.True(t, "the chat runs", func() bool { return f.asks.Load() == 1 })
	r.PauseDevice(paused.Device.ID, true)
	if body := <-ended; !strings.Contains(body, "device_paused") {
		t.Errorf("the running answer ended with %q", body)
	}
	if status, body := r.do("GET", "/v1/models", paused.Key, ""); status != 403 || !strings.Contains(body, "device_paused") {
		t.Errorf("paused: %d %s", status, body)
	}
	if status, body := r.do("GET", "/v1/models", other.Key, ""); status != 200 {
		t.Errorf("the other one: %d %s", status, body)
	}
	r.awaitEvent("device", isAction("paused"))
	r.PauseDevice(paused.Device.ID, false)
	r.awaitEvent("device", isAction("resumed"))
	if status, body := r.do("GET", "/v1/models", paused.Key, ""); status != 200 {
		t.Errorf("resumed: %d %s", status, body)
	}
}

func TestGuest(t *testing.T) {
	f, hidden := newFakeServer(t, "tiny"), newFakeServer(t, "large")
	close(f.more)
	dir := t.TempDir()
	o := Options{StateDir: dir, Servers: []*url.URL{f.url(t), hidden.url(t)}, Demo: "off"}
	r := start(t, o)
	r.ShowCode(true)
	usual := r.await("a code, and both models", func(s State) bool { return sharing(s) && s.Models() == 2 }).Pairing.Code
	r.Invite(Invitation{For: time.Hour, Models: []string{"tiny"}, Requests: 2})
	s := r.await("a guest's code", func(s State) bool { return s.Pairing.Guest != nil })
	if g := s.Pairing.Guest; g.Left != 2 || time.Until(g.Until) > time.Hour {
		t.Errorf("the code is for %+v", g)
	}
	if status, body := r.do("POST", "/pair", "", fmt.Sprintf(`{"code":%q}`, usual)); status != 410 {
		t.Errorf("the code that was shown before: %d %s", status, body)
	}
	guest := r.scan("Guest", "")
	if g := guest.Guest; g == nil || g.Requests != 2 {
		t.Fatalf("the phone is told %+v", guest)
	}
	r.await("the next code is a guest's too", func(s State) bool {
		return s.Pairing.Code != "" && s.Pairing.Guest != nil && s.Devices[0].Guest != nil
	})
	if _, body := r.do("GET", "/v1/models", guest.Key, ""); !strings.Contains(body, "tiny") || strings.Contains(body, "large") {
		t.Errorf("the guest sees %s", body)
	}
	if status, _ := r.do("POST", "/v1/chat/completions", guest.Key, strings.Replace(plainChat, "tiny", "large", 1)); status != 404 {
		t.Errorf("a model that is not in the pass: %d", status)
	}
	if status, body := r.do("POST", "/v1/chat/completions", guest.Key, plainChat); status != 200 {
		t.Errorf("the first request: %d %s", status, body)
	}
	r.await("one is left", func(s State) bool { return s.Devices[0].Guest.Left == 1 })
	r.stop()

	again := start(t, o)
	again.await("sharing", func(s State) bool { return s.Phase == Sharing && s.Models() == 2 })
	if status, body := again.do("POST", "/v1/chat/completions", guest.Key, plainChat); status != 200 {
		t.Errorf("the last request, after a restart: %d %s", status, body)
	}
	if status, body := again.do("POST", "/v1/chat/completions", guest.Key, plainChat); status != 429 || !strings.Contains(body, "pass_used_up") {
		t.Errorf("one too many: %d %s", status, body)
	}
	if got := again.State().Devices[0].Today.Requests; got != 2 {
		t.Errorf("%d requests are counted; one of three was refused", got)
	}
}

func TestInvitationEnds(t *testing.T) {
	r := start(t, Options{Demo: "on", Guest: Invitation{Requests: 5}})
	r.ShowCode(true)
	r.await("the command line's guests", func(s State) bool { return s.Pairing.Guest != nil && s.Pairing.Guest.Requests == 5 })
	r.Invite(Invitation{Tonight: true})
	r.await("another guest", func(s State) bool { return s.Pairing.Guest != nil && !s.Pairing.Guest.Until.IsZero() })
	r.Invite(Invitation{})
	s := r.await("the usual code", func(s State) bool { return s.Pairing.Guest != nil && s.Pairing.Guest.Requests == 5 })
	if !s.Pairing.Guest.Until.IsZero() {
		t.Error("the limits of two invitations are mixed")
	}
}

func TestAppOfAGuest(t *testing.T) {
	r := start(t, Options{Demo: "on", Guest: Invitation{Requests: 5}})
	r.ShowCode(true)
	r.await("sharing", sharing)
	text := make(chan string, 1)
	r.AppCode(r.CodeApps()[0].ID, func(s string) { text <- s })
	r.do("GET", "/v1/models", keyIn(t, <-text), "")
	s := r.await("the app is a device", func(s State) bool { return len(s.Devices) == 1 })
	if g := s.Devices[0].Guest; g == nil || g.Left != 5 {
		t.Errorf("the app of a guest may do %+v", g)
	}
}

// TestGuestRenews: whoever scans again gets the rights of that code, a guest's or all.
func TestGuestRenews(t *testing.T) {
	r := start(t, Options{Demo: "on"})
	r.ShowCode(true)
	r.Invite(Invitation{Requests: 1})
	r.await("a guest's code", func(s State) bool { return s.Pairing.Guest != nil })
	guest := r.scan("Tablet", "")
	r.Invite(Invitation{})
	r.await("the usual code", func(s State) bool { return s.Pairing.Code != "" && s.Pairing.Guest == nil })
	if got := r.scan("Tablet", guest.Key); got.Guest != nil || got.Device.ID != guest.Device.ID {
		t.Errorf("with the usual code: %+v", got)
	}
	if g := r.State().Devices[0].Guest; g != nil {
		t.Errorf("still a guest: %+v", g)
	}
}

func TestUsageIsCountedAndKept(t *testing.T) {
	f := newFakeServer(t, "tiny")
	dir := t.TempDir()
	r := start(t, Options{StateDir: dir, Servers: []*url.URL{f.url(t)}, Demo: "off"})
	phone := r.scan("Phone", "")
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.do("POST", "/v1/chat/completions", phone.Key, chatBody)
	}()
	for range 4 {
		f.more <- struct{}{}
	}
	r.await("it is shown how the answer grows", func(s State) bool {
		d := s.Devices[0]
		return d.Active == 1 && d.Model == "tiny" && d.Tokens >= 4
	})
	close(f.more)
	<-done
	s := r.await("it is counted", func(s State) bool { return s.Devices[0].Today.Requests == 1 })
	if d := s.Devices[0]; d.Today.Tokens != 5 || d.Tokens != 0 || d.Model != "" {
		t.Errorf("after five pieces: %+v", d)
	}
	await.True(t, "it is on the disk", func() bool {
		l, err := usage.Open(UsagePath(dir))
		return err == nil && len(l.Rows()) == 1 && l.Rows()[0].Model == "tiny"
	})
	r.do("GET", "/v1/models", phone.Key, "")
	r.RemoveDevice(phone.Device.ID)
	s = r.await("removed", func(s State) bool { return len(s.Devices) == 0 })
	if len(s.Usage) != 1 || s.Usage[0].Requests != 1 {
		t.Errorf("what happened is still true: %+v", s.Usage)
	}
}

func TestCodesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newIdle(t)
		c.reach.Opened("127.0.0.1:8717")
		c.ShowCode(true)
		c.invitations.refresh()
		first := c.State().Pairing
		if first.Code == "" || time.Until(first.Expires) != pairing.Life {
			t.Errorf("the code is %+v", first)
		}
		time.Sleep(pairing.Life + time.Second)
		if _, err := c.invitations.use(first.Code); err == nil {
			t.Error("the code outlives what is said of it")
		}
	})
}

func TestGuessingIsTold(t *testing.T) {
	r := start(t, Options{Demo: "on"})
	r.await("sharing", func(s State) bool { return s.Phase == Sharing })
	var status int
	for range 11 {
		status, _ = r.do("POST", "/pair", "", `{"code":"0000-0000"}`)
	}
	if status != 429 {
		t.Errorf("the eleventh wrong code: %d", status)
	}
	s := r.await("told", func(s State) bool { return s.Problem != nil })
	if s.Problem.Kind != ProblemGuessing || s.Problem.Params["Address"] != "127.0.0.1" {
		t.Errorf("told %+v", s.Problem)
	}
	r.Retry()
	r.await("the person has read it", func(s State) bool { return s.Problem == nil })
}
