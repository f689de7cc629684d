package app

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// awaitServer waits until the server at url is as it should be.
func (r *rig) awaitServer(what, url string, ok func(Server) bool) Server {
	r.t.Helper()
	var got Server
	r.await(what, func(s State) bool {
		i := slices.IndexFunc(s.Servers, func(srv Server) bool { return srv.URL == url })
		if i < 0 {
			return false
		}
		got = s.Servers[i]
		return ok(got)
	})
	return got
}

func online(s Server) bool { return s.Online }

func TestServerByHand(t *testing.T) {
	f := newFakeServer(t, "tiny")
	dir := t.TempDir()
	r := start(t, Options{StateDir: dir, Demo: "off"})
	key := r.addDevice(t)
	r.AddServer(strings.TrimPrefix(f.URL, "http://")+"/", "")
	s := r.awaitServer("the server", f.URL, online)
	if !s.Manual || !slices.Equal(s.Models, []string{"tiny"}) {
		t.Errorf("server %+v", s)
	}
	if status, body := r.do("GET", "/v1/models", key, ""); status != 200 || !strings.Contains(body, "tiny") {
		t.Errorf("models: %d %s", status, body)
	}
	r.stop()

	r = start(t, Options{StateDir: dir, Demo: "off"})
	s = r.awaitServer("the server after a restart", f.URL, online)
	r.RemoveServer(s.ID)
	r.await("the server is gone", func(s State) bool { return len(s.Servers) == 0 })
	r.stop()
	again, err := readSettings(dir)
	if err != nil || len(again.Servers) != 0 {
		t.Errorf("after a restart: %+v, %v", again.Servers, err)
	}
}

// addDevice makes a key without a code: nothing need be shared yet.
func (r *rig) addDevice(t *testing.T) string {
	t.Helper()
	_, key, err := r.devices.Add("x", nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestHideAndOrder(t *testing.T) {
	a, b := newFakeServer(t, "tiny"), newFakeServer(t, "tiny")
	dir := t.TempDir()
	r := start(t, Options{StateDir: dir, Servers: []*url.URL{a.url(t), b.url(t)}, Demo: "off"})
	key := r.addDevice(t)
	first := r.awaitServer("a", a.URL, online)
	second := r.awaitServer("b", b.URL, online)

	r.MoveServer(second.ID, -1)
	r.await("b before a", func(s State) bool { return s.Servers[0].URL == b.URL })
	if _, body := r.do("GET", "/v1/models", key, ""); !strings.Contains(body, "tiny@"+first.ID) {
		t.Errorf("the second one is not named after %+v: %s", first, body)
	}
	r.MoveServer(second.ID, -1) // it is the first already
	r.HideServer(second.ID, true)
	r.awaitServer("b hidden", b.URL, func(s Server) bool { return s.Hidden })
	if _, body := r.do("GET", "/v1/models", key, ""); strings.Contains(body, "@") {
		t.Errorf("a hidden server's model is listed: %s", body)
	}
	r.HideModel(first.ID, "tiny", true)
	r.awaitServer("the model hidden", a.URL, func(s Server) bool { return len(s.Models) == 0 && len(s.HiddenModels) == 1 })
	if status, body := r.do("POST", "/v1/chat/completions", key, chatBody); status == 200 {
		t.Errorf("a hidden model answers: %s", body)
	}
	r.stop()

	r = start(t, Options{StateDir: dir, Servers: []*url.URL{b.url(t), a.url(t)}, Demo: "off"})
	if again := r.awaitServer("a again", a.URL, online); again.ID != first.ID {
		t.Errorf("a was %s and is %s after a restart", first.ID, again.ID)
	}
	s := r.awaitServer("b hidden after a restart", b.URL, func(s Server) bool { return s.Online && s.Hidden })
	r.HideServer(s.ID, false)
	r.awaitServer("b shown again", b.URL, func(s Server) bool { return !s.Hidden })
	if r.State().Servers[0].URL != b.URL {
		t.Error("the order is forgotten")
	}
}

func TestHidingAServerEndsItsStreams(t *testing.T) {
	f := newFakeServer(t, "tiny")
	r := start(t, Options{Servers: []*url.URL{f.url(t)}, Demo: "off"})
	key := r.addDevice(t)
	s := r.awaitServer("the server", f.URL, online)
	go func() {
		await.True(t, "the chat runs", func() bool { return f.asks.Load() == 1 })
		r.HideServer(s.ID, true)
	}()
	if _, body := r.do("POST", "/v1/chat/completions", key, chatBody); !strings.Contains(body, `"error"`) {
		t.Errorf("the stream ended with %q", body)
	}
}

func TestServerTest(t *testing.T) {
	f := newFakeServer(t, "tiny")
	r := start(t, Options{Demo: "on"})
	for address, want := range map[string]TestKind{
		f.URL:                    TestWorks,
		"":                       TestNoAddress,
		"ftp://x":                TestNoAddress,
		"http://127.0.0.1:1":     TestNoAnswer,
		"http://nowhere.invalid": TestUnknownHost,
		f.URL + "/not/there/":    TestNotServer,
		"https" + strings.TrimPrefix(f.URL, "http"): TestNoTLS,
	} {
		got := make(chan TestResult, 1)
		r.TestServer(address, "", func(res TestResult) { got <- res })
		if res := <-got; res.Kind != want || res.OK != (address == f.URL) || res.Title == "" {
			t.Errorf("%q: %+v, want %q", address, res, want)
		}
	}
}

func TestBadSettingsOfServers(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(`{"servers":[{"url":"ftp://x"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := readSettings(dir); err == nil || len(s.Servers) != 0 {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestAppCode(t *testing.T) {
	r := start(t, Options{Demo: "on"})
	r.ShowCode(true)
	r.await("sharing", sharing)
	apps := r.CodeApps()
	if len(apps) < 2 || apps[0].Steps == "" {
		t.Fatalf("apps with a scanner: %+v", apps)
	}
	got := make(chan string, 1)
	for _, app := range apps {
		r.AppCode(app.ID, func(text string) { got <- text })
		if text := <-got; !strings.HasPrefix(text, "ai-provider:v1:") {
			t.Errorf("%s: %q", app.ID, text)
		}
	}
	if n := len(r.State().Devices); n != 0 {
		t.Errorf("%d devices before any app used its key", n)
	}
	r.AppCode(apps[0].ID, func(text string) { got <- text })
	if status, body := r.do("GET", "/v1/models", keyIn(t, <-got), ""); status != 200 {
		t.Errorf("the key in the code: %d %s", status, body)
	}
	r.await("the app is greeted", func(s State) bool { return s.JustPaired == apps[0].Name && len(s.Devices) == 1 })
	r.AppCode("none", func(text string) { got <- text })
	if text := <-got; text != "" {
		t.Errorf("an unknown app: %q", text)
	}
}

// keyIn reads a code as the app does that scans it.
func keyIn(t *testing.T, text string) string {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "ai-provider:v1:"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ APIKey string }
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	return got.APIKey
}
