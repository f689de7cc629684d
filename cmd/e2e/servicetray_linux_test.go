package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/trayhost"
)

// TestServiceTray does with the icon of the service what a person does: shows the window, pauses, resumes,
// and quits. The desktop has its tray a little later, as at login.
func TestServiceTray(t *testing.T) {
	bus := trayhost.StartBus(t)
	beam, opened := installBeside(t)
	state := filepath.Join(t.TempDir(), "state")
	cmd := exec.Command(beam, "service", "--state", state, "--demo", "on", "--no-scan", "--no-mdns", "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), trayhost.AddressVariable+"="+bus.Address, "MODELBEAM_LANG=en", "HOME="+t.TempDir())
	service := start(t, "beam service", cmd)

	await.True(t, "the service has found no tray", func() bool {
		log, _ := os.ReadFile(filepath.Join(state, "logs", "service.log")) // not there in the beginning
		return strings.Contains(string(log), "systray error: failed to register")
	})
	icon := bus.Start(true).Icon()
	const sharing, atLogin = "[No AI app found yet: phones can try the built-in demo]", "☐ Start with the computer"
	icon.Await(sharing, "-", "Show Modelbeam", "Pause", atLogin, "-", "Quit")
	icon.Click("Show Modelbeam")
	await.True(t, "the window is opened from the menu", func() bool { return opened() == "--state "+state+"\n" })
	icon.Tap()
	await.True(t, "the window is opened by a click", func() bool { return strings.Count(opened(), "\n") == 2 })
	icon.Click("Pause")
	icon.Await("[Sharing is paused]", "-", "Show Modelbeam", "Resume", atLogin, "-", "Quit")
	icon.Click("Resume")
	icon.Await(sharing, "-", "Show Modelbeam", "Pause", atLogin, "-", "Quit")

	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", service.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, library := range []string{"libGL", "libEGL", "libX11"} {
		if strings.Contains(string(maps), library) {
			t.Errorf("the service has loaded %s", library)
		}
	}
	icon.Click("Quit")
	<-service.exited
	if !service.cmd.ProcessState.Success() {
		t.Errorf("the service ended with %v", service.cmd.ProcessState)
	}
	if said := service.stderr; len(said) > 0 {
		t.Errorf("where nobody reads it, the service said %q", said)
	}
}

// installBeside puts beam into a folder, beside a window that only notes with what arguments it was opened.
func installBeside(t *testing.T) (beam string, opened func() string) {
	t.Helper()
	built, err := buildBeam()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(built)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	beam, note := filepath.Join(folder, "beam"), filepath.Join(folder, "opened")
	for name, content := range map[string]string{beam: string(program), filepath.Join(folder, "modelbeam"): "#!/bin/sh\necho \"$@\" >>'" + note + "'\n"} {
		if err := os.WriteFile(name, []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return beam, func() string {
		text, _ := os.ReadFile(note) // not there before the first time
		return string(text)
	}
}
