package app

import (
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"modelbeam/app/devices"
	"modelbeam/app/settings"
	"modelbeam/app/store"
	"modelbeam/app/store/faulttest"
	"modelbeam/discovery/llm"
)

// TestUnreadableIsToldAndTriedAgain starts with a file that cannot be read for a while: that is told,
// nothing is set aside, and everything is as it was when the file can be read.
func TestUnreadableIsToldAndTriedAgain(t *testing.T) {
	for _, fault := range faulttest.All {
		t.Run(fault.Name, func(t *testing.T) {
			dir := t.TempDir()
			saveSettings(t, dir, func(s *settings.Settings) { s.ID, s.Name = "0badcafe", "Anna's laptop" })
			phones, err := devices.Open(DevicesPath(dir))
			if err != nil {
				t.Fatal(err)
			}
			_, key, err := phones.Add("iPhone", nil)
			if err != nil {
				t.Fatal(err)
			}
			lift := fault.Set(t, DevicesPath(dir), settings.Path(dir))
			c := New(Options{StateDir: dir, NoMDNS: true}, slog.New(slog.DiscardHandler))
			lift()
			for _, kind := range []ProblemKind{ProblemDevicesUnread, ProblemSettingsUnread} {
				if c.news.wrong()[kind] == nil {
					t.Errorf("%s is not told of", kind)
				}
			}
			c.settings.Change(func(s *settings.Settings) { s.Port = 4711 })
			c.flush()
			if s := c.State(); s.Name != "Anna's laptop" {
				t.Errorf("the laptop is called %q", s.Name)
			}
			if _, ok := c.devices.ByKey(key); !ok {
				t.Error("the phone is out")
			}
			kept, err := readSettings(dir)
			if err != nil || kept.ID != "0badcafe" || kept.Port != 4711 {
				t.Errorf("the settings are %+v, %v", kept, err)
			}
			if aside, _ := filepath.Glob(filepath.Join(dir, "*.broken*")); len(aside) > 0 {
				t.Errorf("set aside: %q", aside)
			}
			if c.news.wrong()[ProblemSettingsUnread] != nil {
				t.Error("the settings were read, and still a problem is told")
			}
		})
	}
}

// TestUnreadableComesByItself: nobody has to change anything for settings to be read again, and then they
// hold.
func TestUnreadableComesByItself(t *testing.T) {
	dir := t.TempDir()
	saveSettings(t, dir, func(s *settings.Settings) {
		s.ID, s.Name = "0badcafe", "Anna's laptop"
		s.Servers = []settings.Server{{URL: "http://127.0.0.1:1", HasKey: true}}
		s.ServerIDs = map[string]string{"http://127.0.0.1:8000": "vllm", "http://127.0.0.1:9": "ollama"}
	})
	keys := filepath.Join(dir, "keys.json")
	if err := store.Save(keys, map[string]string{"http://127.0.0.1:1": "s3cret"}); err != nil {
		t.Fatal(err)
	}
	lift := faulttest.All[0].Set(t)
	c := New(Options{StateDir: dir, NoMDNS: true}, slog.New(slog.DiscardHandler))
	c.flush()
	if c.news.wrong()[ProblemSettingsUnread] == nil {
		t.Error("it is not told any more")
	}
	lift()
	c.servers.scanned([]llm.Server{foundAt("ollama", "127.0.0.1:11434", "", "tiny")})
	c.flush()
	s := c.State()
	if s.Problem != nil {
		t.Errorf("still told: %+v", s.Problem)
	}
	if s.Name != "Anna's laptop" || !slices.ContainsFunc(s.Servers, func(s Server) bool { return s.Manual }) {
		t.Errorf("the laptop is called %q and has %+v", s.Name, s.Servers)
	}
	kept, err := readSettings(dir)
	want := map[string]string{"http://127.0.0.1:8000": "vllm", "http://127.0.0.1:11434": "ollama"}
	if err != nil || !maps.Equal(kept.ServerIDs, want) || kept.ID != "0badcafe" {
		t.Errorf("kept %+v, %v; want the IDs %v", kept, err, want)
	}
}

// TestKeyIsReadAgain: a server's key that cannot be read for a moment is not missing for good.
func TestKeyIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	c := New(Options{StateDir: dir, NoMDNS: true}, slog.New(slog.DiscardHandler))
	keys := filepath.Join(dir, "keys.json")
	if err := store.Save(keys, map[string]string{"http://127.0.0.1:1": "s3cret"}); err != nil {
		t.Fatal(err)
	}
	secret := c.shared.secretOf(settings.Server{URL: "http://127.0.0.1:1", HasKey: true})
	lift := faulttest.All[0].Set(t)
	before := secret()
	lift()
	if got := secret(); before != "" || got != "s3cret" {
		t.Errorf("the key is %q, and %q later", before, got)
	}
}

// TestWhoseFile: a file of another user is named, and whose it is.
func TestWhoseFile(t *testing.T) {
	err := &store.AccessError{Path: "/home/anna/devices.json", Owner: "root", Err: os.ErrPermission}
	for _, p := range []*Problem{devicesProblem(err), settingsProblem(err), notSaved(err)} {
		if s := p.Sentence(); !strings.Contains(s, "/home/anna/devices.json belongs to the user root") {
			t.Errorf("%s: %s", p.Kind, s)
		}
	}
}
