package e2e

import (
	"testing"
)

// window is a running cmd/modelbeam.
type window struct {
	*process
	display *display
}

// openWindow starts the desktop app of a person who has never used it, on a machine with a
// screen, and returns when it shares something.
func openWindow(t *testing.T, m *machine, d *display, args ...string) *window {
	t.Helper()
	path, err := buildModelbeam()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := d.on(m.command(path, append([]string{"--json"}, args...)...))
	cmd.Dir = home
	cmd.Env = append(cmd.Env, "HOME="+home, "XDG_CONFIG_HOME="+home+"/.config", "XDG_RUNTIME_DIR="+home)
	w := &window{start(t, "modelbeam", cmd), d}
	w.awaitEvent(t, "ready", "the gateway is open", anything)
	return w
}
