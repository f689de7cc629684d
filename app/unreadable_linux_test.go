package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"modelbeam/app/devices"
	"modelbeam/app/store"
	"modelbeam/app/store/faulttest"
)

// TestUnreadableIsToldAndTriedAgain starts with a file that cannot be read for a while: that is told,
// nothing is set aside, and everything is as it was when the file can be read.
func TestUnreadableIsToldAndTriedAgain(t *testing.T) {
	for _, fault := range faulttest.All {
		t.Run(fault.Name, func(t *testing.T) {
			dir := t.TempDir()
			saveSettings(t, dir, func(s *settings) { s.ID, s.Name = "0badcafe", "Anna's laptop" })
			phones, err := devices.Open(DevicesPath(dir))
			if err != nil {
				t.Fatal(err)
			}
			_, key, err := phones.Add("iPhone", nil)
			if err != nil {
				t.Fatal(err)
			}
			lift := fault.Set(t, DevicesPath(dir), settingsPath(dir))
			c := New(Options{StateDir: dir, NoMDNS: true}, slog.New(slog.DiscardHandler))
			lift()
			for _, kind := range []string{kindDevicesUnread, kindSettingsUnread} {
				if c.problems[kind] == nil {
					t.Errorf("%s is not told of", kind)
				}
			}
			c.remember(func(s *settings) { s.Port = 4711 })
			if s := c.State(); s.Name != "Anna's laptop" {
				t.Errorf("the laptop is called %q", s.Name)
			}
			if _, ok := c.devices.ByKey(key); !ok {
				t.Error("the phone is out")
			}
			kept, err := (&settingsFile{dir: dir}).load()
			if err != nil || kept.ID != "0badcafe" || kept.Port != 4711 {
				t.Errorf("the settings are %+v, %v", kept, err)
			}
			if aside, _ := filepath.Glob(filepath.Join(dir, "*.broken*")); len(aside) > 0 {
				t.Errorf("set aside: %q", aside)
			}
			if c.problems[kindSettingsUnread] != nil {
				t.Error("the settings were read, and still a problem is told")
			}
		})
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
