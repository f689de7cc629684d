package app

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"modelbeam/app/autostart"
	"modelbeam/app/awake"
	"modelbeam/app/settings"
	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/logind"
)

// onItsOwn leaves this test without the desktop and the settings of who runs it.
func onItsOwn(t *testing.T) (config string) {
	t.Helper()
	config = t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	nobody := "unix:path=" + filepath.Join(t.TempDir(), "nobody")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", nobody)
	t.Setenv(logind.AddressVariable, nobody)
	return config
}

// chat has a phone answered until the function that it returns is called.
func chat(t *testing.T, f *fakeServer, r *rig, key string) (end func()) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.do("POST", "/v1/chat/completions", key, chatBody)
	}()
	f.more <- struct{}{} // it has begun
	return func() {
		close(f.more)
		<-ended
	}
}

func TestAwakeForAPhone(t *testing.T) {
	onItsOwn(t)
	s := logind.Start(t)
	t.Setenv(logind.AddressVariable, s.Address)
	f := newFakeServer(t, "tiny")
	r := start(t, Options{Servers: []*url.URL{f.url(t)}, Demo: "off"})
	key := r.pairPhone("Anna's iPhone")
	r.do("GET", "/v1/models", key, "")
	r.do("POST", "/api/show", key, `{"model":"tiny"}`)
	if got := r.State().Awake; got.Held || got.For != nil {
		t.Errorf("awake for who only looks around: %+v", got)
	}
	end := chat(t, f, r, key)
	r.await("awake", func(s State) bool { return s.Awake.Held && slices.Equal(s.Awake.For, []string{"Anna's iPhone"}) })
	if got := s.Inhibitors(); len(got) != 1 || got[0].Who != "Modelbeam" {
		t.Errorf("logind knows of %+v", got)
	}
	end()
	if got := r.State().Awake; !got.Held {
		t.Errorf("not awake just after the answer: %+v", got)
	}
	r.stop()
	await.True(t, "let go", func() bool { return len(s.Inhibitors()) == 0 })
}

// TestNoLogind: a computer that cannot be kept awake says so.
func TestNoLogind(t *testing.T) {
	onItsOwn(t)
	f := newFakeServer(t, "tiny")
	r := start(t, Options{Servers: []*url.URL{f.url(t)}, Demo: "off"})
	end := chat(t, f, r, r.pairPhone("Anna's iPhone"))
	defer end()
	r.await("refused", func(s State) bool { return s.Awake.WhyNot == awake.Refused && len(s.Awake.For) == 1 && !s.Awake.Held })
}

// TestAwakeWhilePlugged: the setting holds while phones are let in, and is remembered.
func TestAwakeWhilePlugged(t *testing.T) {
	onItsOwn(t)
	s := logind.Start(t)
	t.Setenv(logind.AddressVariable, s.Address)
	dir := t.TempDir()
	saveSettings(t, dir, func(s *settings.Settings) { s.AwakePlugged = true })
	r := start(t, Options{StateDir: dir, Demo: "on"})
	held := func(s State) bool { return s.Awake.Held && s.Awake.Plugged && s.Awake.For == nil }
	if r.await("told of the setting", func(s State) bool { return s.Awake.Plugged }); onBattery() {
		t.Skip("this computer is not plugged in")
	}
	r.await("awake", held)
	r.Pause()
	r.await("not while paused", func(s State) bool { return !s.Awake.Held })
	r.Resume()
	r.await("awake again", held)
	r.StayAwake(false)
	r.await("not any more", func(s State) bool { return !s.Awake.Held && !s.Awake.Plugged })
	r.stop()
	if s, err := readSettings(dir); err != nil || s.AwakePlugged {
		t.Errorf("remembered: %v, %v", s.AwakePlugged, err)
	}
}

// TestLidIsToldOnce: when it matters for the first time, until the person has read it, for good.
func TestLidIsToldOnce(t *testing.T) {
	onItsOwn(t)
	dir := t.TempDir()
	told := func(s State) bool {
		return slices.ContainsFunc(s.Hints, func(h Hint) bool { return h.Kind == kindClosedLid && h.Text != "" && h.Action != "" })
	}
	r := start(t, Options{StateDir: dir, Demo: "on"})
	for _, no := range []awake.Status{{}, {Held: true, Laptop: true}, {Held: true, For: []string{"x"}}, {Laptop: true, For: []string{"x"}}} {
		if r.computer.noteLid(no); told(r.State()) {
			t.Errorf("told of the lid when %+v", no)
		}
	}
	held := awake.Status{Held: true, Laptop: true, For: []string{"Anna's iPhone"}}
	r.computer.noteLid(held)
	r.computer.noteLid(awake.Status{})
	if !told(r.State()) {
		t.Error("not told")
	}
	r.Help(kindClosedLid)
	r.computer.noteLid(held)
	if told(r.State()) {
		t.Error("told after it was read")
	}
	r.stop()
	r = start(t, Options{StateDir: dir, Demo: "on"})
	if r.computer.noteLid(held); told(r.State()) {
		t.Error("told again after a restart")
	}
}

func TestStartAtLogin(t *testing.T) {
	config := onItsOwn(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(config, "autostart", ID+".desktop")
	r := start(t, Options{Demo: "on", AtLogin: []string{program, "--hidden"}})
	is := func(want autostart.State) func(State) bool {
		return func(s State) bool { return s.Login == Login{State: want} }
	}
	r.await("off", is(autostart.Off))
	r.StartAtLogin(true)
	r.await("on", is(autostart.On))
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), program) {
		t.Errorf("%v: %s", err, text)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	r.ShowCode(true)
	r.await("the person sees that somebody else turned it off", is(autostart.Off))

	for _, on := range []bool{true, false, true, true, false} {
		r.StartAtLogin(on) // the last counts
	}
	r.stop()
	if _, err := os.Stat(path); err == nil {
		t.Error("the last wish was another one")
	}
}

// TestNotAtLogin: a change that fails is told with its reason, until the person has read it.
func TestNotAtLogin(t *testing.T) {
	config := onItsOwn(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(config, "autostart"), nil, 0o600); err != nil { // where a folder should be
		t.Fatal(err)
	}
	r := start(t, Options{Demo: "on", AtLogin: []string{program}})
	r.StartAtLogin(true)
	s := r.await("told", func(s State) bool { return s.Problem != nil })
	if s.Problem.Kind != ProblemNotAtLogin || s.Problem.Detail == "" || s.Login.State != autostart.Off {
		t.Errorf("told %+v, %+v", s.Problem, s.Login)
	}
	r.Retry()
	r.await("read", func(s State) bool { return s.Problem == nil })
}

func TestNothingToStartAtLogin(t *testing.T) {
	onItsOwn(t)
	r := start(t, Options{Demo: "on"})
	s := r.await("told", func(s State) bool { return s.Login.State == autostart.Unavailable })
	if s.Login.Why == "" || s.Problem != nil {
		t.Errorf("%+v, %+v", s.Login, s.Problem)
	}
}

// onBattery reports whether this computer runs on one now.
func onBattery() bool {
	all, _ := filepath.Glob("/sys/class/power_supply/*/status")
	return slices.ContainsFunc(all, func(path string) bool {
		text, _ := os.ReadFile(path)
		return strings.TrimSpace(string(text)) == "Discharging"
	})
}
