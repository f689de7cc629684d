package e2e

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"modelbeam/app"
	"modelbeam/app/autostart"
	"modelbeam/app/control"
	"modelbeam/cmd/e2e/atlogin"
	"modelbeam/cmd/e2e/await"
)

// TestStartsAtLogin turns on that a real beam starts at login, and runs what systemd then starts at a login: the same
// Modelbeam, with the same phones. Its folder has a name that takes care to write down.
func TestStartsAtLogin(t *testing.T) {
	laptop, _ := newHome(t)
	config, state := t.TempDir(), filepath.Join(t.TempDir(), "state")
	t.Setenv("XDG_CONFIG_HOME", config)
	program := filepath.Join(t.TempDir(), "My $Apps 100%", "beam")
	copyBeam(t, program)
	first := start(t, "beam service", laptop.command(program, "service", "--state", state, "--demo", "on"))
	link := openLink(t, state)
	await.Get(t, "off at first", link.State, func(s app.State) bool { return s.Login.State == autostart.Off })
	link.StartAtLogin(true)
	await.Get(t, "on", link.State, func(s app.State) bool { return s.Login.State == autostart.On })
	d := (&beam{state: state}).addDevice(t, "Anna's iPhone")
	if out, err := exec.Command(program, "stop", "--state", state).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	await.Done(t, "it ends", first.exited)

	command := atlogin.Command(t, config, app.ID)
	if want := []string{"service", "--state", state}; !slices.Equal(command[1:], want) {
		t.Errorf("at login %q is started, want %q", command, want)
	}
	start(t, "what starts at login", laptop.command(command[0], command[1:]...))
	again := openLink(t, state)
	await.Get(t, "it shares, and knows that it starts at login", again.State, func(s app.State) bool {
		return s.Login.State == autostart.On && s.Listen != "" && len(s.Devices) == 1 && s.Devices[0].ID == d.ID
	})

	again.StartAtLogin(false)
	await.Get(t, "off", again.State, func(s app.State) bool { return s.Login.State == autostart.Off })
	for _, folder := range []string{"autostart", "modelbeam"} {
		if left, err := os.ReadDir(filepath.Join(config, folder)); err != nil || len(left) > 0 {
			t.Errorf("%s has %v, %v", folder, left, err)
		}
	}
}

// copyBeam installs beam alone at path.
func copyBeam(t *testing.T, path string) {
	t.Helper()
	built, err := buildBeam()
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(built)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
}

// openLink attaches to the Modelbeam of a state folder, as soon as there is one, until the test or that one ends.
func openLink(t *testing.T, state string) *control.Link {
	t.Helper()
	var link *control.Link
	await.True(t, "the service can be reached", func() (ok bool) {
		var err error
		link, err = control.Open(t.Context(), control.Options{Dir: state, Role: control.RoleTerminal})
		return err == nil
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = link.Run(t.Context())
	}()
	t.Cleanup(func() { <-ended })
	return link
}
