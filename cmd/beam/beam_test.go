package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"modelbeam/app"
	"modelbeam/app/devices"
	"modelbeam/app/settings"
	"modelbeam/app/usage"
	"modelbeam/app/words"
	"modelbeam/cmd/e2e/await"
)

// beam runs a command line to its end and returns what it printed.
func beam(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	err = run(t.Context(), args, &out, &errs)
	return out.String(), errs.String(), err
}

func TestDevices(t *testing.T) {
	dir := t.TempDir()
	out, _, err := beam(t, "devices", "--state", dir)
	if err != nil || !strings.Contains(out, "No device") {
		t.Errorf("empty list: %q, %v", out, err)
	}
	out, _, err = beam(t, "devices", "add", "Anna's script", "--json", "--state", dir)
	var added device
	if err != nil || json.Unmarshal([]byte(out), &added) != nil {
		t.Fatalf("add: %q, %v", out, err)
	}
	list, err := devices.Open(app.DevicesPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	if d, ok := list.ByKey(added.Key); !ok || d.ID != added.ID || d.Name != "Anna's script" {
		t.Errorf("the key that was printed is of %+v, %v", d, ok)
	}
	for _, args := range [][]string{{"devices"}, {"devices", "list"}, {"devices", "--json"}} {
		out, _, err = beam(t, append(args, "--state", dir)...)
		if err != nil || !strings.Contains(out, added.ID) || strings.Contains(out, added.Key) {
			t.Errorf("%v: %q, %v", args, out, err)
		}
	}
	if _, _, err = beam(t, "devices", "--state", dir, "remove", "anna's SCRIPT"); err != nil {
		t.Error(err)
	}
	if _, ok := list.ByKey(added.Key); ok {
		list, _ = devices.Open(app.DevicesPath(dir))
		if _, ok := list.ByKey(added.Key); ok {
			t.Error("removed, but the key still works")
		}
	}
}

func TestBadCommandLines(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"bogus"},
		{"--no-such-flag"},
		{"--listen", "nowhere"},
		{"devices", "add", "--state", dir},
		{"devices", "add", "a", "b", "--state", dir},
		{"devices", "remove", "nobody", "--state", dir},
		{"devices", "paint", "x", "--state", dir},
		{"scan", "x"},
	} {
		if out, _, err := beam(t, args...); err == nil || out != "" {
			t.Errorf("%v: %q, %v; want an error", args, out, err)
		}
	}
}

func TestVersionAndHelp(t *testing.T) {
	if out, _, err := beam(t, "--version"); err != nil || out != "beam "+app.Version+"\n" {
		t.Errorf("--version: %q, %v", out, err)
	}
	for _, args := range [][]string{{"--help"}, {"scan", "--help"}, {"devices", "--help"}} {
		_, help, _ := beam(t, args...)
		if !strings.Contains(help, "\n  --advertise address\n") || !strings.Contains(help, "\n  beam scan ") {
			t.Errorf("%q: %q", args, help)
		}
		for verb := range verbs {
			if !strings.Contains(help, "\n  beam devices "+verb+" ") {
				t.Errorf("%q does not name beam devices %s", args, verb)
			}
		}
	}
}

// startSharing runs beam in a state folder until end is called, and returns when it is ready.
func startSharing(t *testing.T, dir string) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	ready, tell := context.WithCancel(t.Context())
	go func() {
		ended <- run(ctx, []string{"--state", dir, "--listen", "127.0.0.1:0", "--no-scan", "--no-mdns", "--json"}, writer(func(p []byte) {
			if bytes.Contains(p, []byte(`"ready"`)) {
				tell()
			}
		}), os.Stderr)
	}()
	<-ready.Done()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("beam ended with %v", err)
		}
	}
}

// TestSecondStartShowsTheFirst: two would fight over the files and the port.
func TestSecondStartShowsTheFirst(t *testing.T) {
	dir := t.TempDir()
	end := startSharing(t, dir)
	var ended sync.WaitGroup
	defer ended.Wait()
	shown, show := context.WithCancel(t.Context())
	var said bytes.Buffer
	ended.Go(func() {
		err := run(t.Context(), []string{"--state", dir, "--listen", "127.0.0.1:0", "--json"}, writer(func(p []byte) {
			if bytes.Contains(p, []byte(`"ready"`)) && bytes.Contains(p, []byte(`"code":"`)) {
				show()
			}
		}), &said)
		if err != nil {
			t.Errorf("the first one ended, and the second with %v", err)
		}
	})
	<-shown.Done()
	end()
	ended.Wait()
	if text := said.String(); !strings.Contains(text, "already running") || !strings.Contains(text, "--listen") || strings.Contains(text, "--json") {
		t.Errorf("the second start says %q", text)
	}
}

func TestServiceAndStop(t *testing.T) {
	dir := t.TempDir()
	if said, _, err := beam(t, "stop", "--state", dir); err != nil || said != "Modelbeam is not running.\n" {
		t.Errorf("stop, and nothing runs: %v, and says %q", err, said)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- run(t.Context(), []string{"service", "--state", dir, "--listen", "127.0.0.1:0", "--no-scan", "--no-mdns"}, os.Stdout, os.Stderr)
	}()
	await.True(t, "the service can be asked", func() bool {
		_, err := os.Stat(filepath.Join(dir, "instance.addr"))
		return err == nil
	})
	if _, said, err := beam(t, "service", "--state", dir); err != nil || !strings.Contains(said, "already running") {
		t.Errorf("a second service: %v, and says %q", err, said)
	}
	if said, _, err := beam(t, "stop", "--state", dir); err != nil || said != "Modelbeam has ended.\n" {
		t.Errorf("stop: %v, and says %q", err, said)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for _, words := range [][]string{{"stop", "now"}, {"service", "here"}} {
		if _, _, err := beam(t, words...); err == nil || !strings.Contains(err.Error(), "usage") {
			t.Errorf("beam %q: %v", words, err)
		}
	}
}

func TestPortTakenEndsBeam(t *testing.T) {
	_, _, err := beam(t, "--state", t.TempDir(), "--listen", "203.0.113.1:9", "--no-scan", "--no-mdns")
	if err == nil || !strings.Contains(err.Error(), "203.0.113.1:9") {
		t.Errorf("an address that is not ours: %v", err)
	}
}

func TestGarbageDevicesAreTold(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "devices.json"), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "devices.json")
	if _, _, err := beam(t, "devices", "--state", dir); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want to be told where the list is", err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "garbage" {
		t.Errorf("a look has made %q, %v of the list", content, err)
	}
}

// TestListWithoutUsage: what devices did is one thing, who is paired another.
func TestListWithoutUsage(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := beam(t, "devices", "add", "Tablet", "--state", dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "usage.json"), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"devices", "--state", dir}, {"devices", "--json", "--state", dir}} {
		out, _, err := beam(t, args...)
		if err == nil || !strings.Contains(err.Error(), "usage.json") || !strings.Contains(out, "Tablet") {
			t.Errorf("%q: %v and %q", args, err, out)
		}
	}
}

type writer func(p []byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

func TestDeviceVerbs(t *testing.T) {
	dir := t.TempDir()
	out, _, err := beam(t, "devices", "add", "Leo", "--json", "--state", dir,
		"--guest", "3h", "--guest-models", "tiny, large", "--guest-requests", "20")
	var added device
	if err != nil || json.Unmarshal([]byte(out), &added) != nil {
		t.Fatalf("add: %q, %v", out, err)
	}
	if g := added.Guest; g == nil || g.Left != 20 || len(g.Models) != 2 || time.Until(g.Until) > 3*time.Hour {
		t.Errorf("the guest is %+v", added.Guest)
	}
	for _, step := range []struct{ args, want string }{
		{"pause leo", "Paused Leo"},
		{"list", "paused, guest, until"},
		{"resume " + added.ID, "Resumed Leo"},
		{"rename Leo Tablet", "Tablet"},
		{"list", "20 of 20 requests left"},
	} {
		out, _, err := beam(t, append([]string{"devices", "--state", dir}, strings.Fields(step.args)...)...)
		if err != nil || !strings.Contains(out, step.want) {
			t.Errorf("%s: %q, %v, want %q", step.args, out, err, step.want)
		}
	}
	for _, wrong := range []string{"pause Leo", "rename Tablet", "pause", "resume none", "dance Tablet"} {
		if _, _, err := beam(t, append([]string{"devices", "--state", dir}, strings.Fields(wrong)...)...); err == nil {
			t.Errorf("%s is no error", wrong)
		}
	}
}

func TestDevicesTellTheirUsage(t *testing.T) {
	dir := t.TempDir()
	list, err := devices.Open(app.DevicesPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := list.Add("Phone", nil)
	if err != nil {
		t.Fatal(err)
	}
	ledger, err := usage.Open(app.UsagePath(dir))
	if err != nil {
		t.Fatal(err)
	}
	ledger.Add(d.ID, "tiny", 7, 400)
	ledger.Add(d.ID, "large", 1, 12)
	ledger.Add("another", "tiny", 1, 1)
	if err := ledger.Save(); err != nil {
		t.Fatal(err)
	}
	out, _, err := beam(t, "devices", "--json", "--state", dir)
	var got device
	if err != nil || json.Unmarshal([]byte(out), &got) != nil {
		t.Fatalf("%q, %v", out, err)
	}
	if got.Today == nil || got.Today.Requests != 2 || got.Today.Tokens != 412 || len(got.Usage) != 2 {
		t.Errorf("%s", out)
	}
	if out, _, err := beam(t, "devices", "--state", dir); err != nil || !strings.Contains(out, "412") {
		t.Errorf("%q, %v", out, err)
	}
}

// TestMain has the tests read English, whatever this machine speaks.
func TestMain(m *testing.M) {
	_ = os.Setenv(words.LanguageVariable, "en")
	os.Exit(m.Run())
}

// TestCommandsInTheirLanguage: people read their own, by their choice in the settings, and scripts what they always
// did.
func TestCommandsInTheirLanguage(t *testing.T) {
	t.Setenv(words.LanguageVariable, "")
	t.Cleanup(func() { _ = words.LoadTranslations("en") })
	dir := t.TempDir()
	if err := os.WriteFile(settings.Path(dir), []byte(`{"id": "0a1b2c3d", "language": "de"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"stop"}, "Modelbeam läuft nicht."},
		{[]string{"devices"}, "Kein Gerät ist gekoppelt. Scanne den Code, den beam zeigt, oder: beam devices add NAME"},
		{[]string{"devices", "add", "Tablet"}, "Das ist der Schlüssel von Tablet."},
		{[]string{"devices", "pause", "Tablet"}, "Tablet ("},
		{[]string{"devices", "remove", "Tablet"}, "Der Schlüssel gilt nicht mehr."},
		{[]string{"doctor"}, "Modelbeam läuft nicht"},
		{[]string{"doctor", "--json"}, `"title":"Modelbeam is not running`},
	}
	for _, tt := range tests {
		if said, _, _ := beam(t, append(tt.args, "--state", dir)...); !strings.Contains(said, tt.want) {
			t.Errorf("beam %v: %q, want %q", tt.args, said, tt.want)
		}
	}
	if _, _, err := beam(t, "devices", "what", "--state", dir); err == nil || !strings.HasPrefix(err.Error(), "usage: beam devices") {
		t.Errorf("a wrong command line: %v", err)
	}
}
