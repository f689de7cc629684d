package e2e

import (
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// laptopName is how the laptop in these tests is called; phones show it.
const laptopName = "Anna's laptop"

// window is a running cmd/modelbeam.
type window struct {
	*process
	screen *display
	home   string // of the person, where all folders are
}

// openWindow starts the desktop app of a person who has not used it before, on a machine with
// a screen, and returns when its gateway is open.
func openWindow(t *testing.T, m *machine, args ...string) *window {
	t.Helper()
	path, err := buildModelbeam()
	if err != nil {
		t.Fatal(err)
	}
	beamCommand(t) // builds the service, which has to be beside the window
	home := t.TempDir()
	write(t, filepath.Join(home, ".config", "modelbeam", "settings.json"), `{"name": "`+laptopName+`"}`)
	write(t, filepath.Join(home, ".cache", "keep"), "")
	// They have read that the service stays, which makes room for the code.
	write(t, filepath.Join(home, ".config", "fyne", "app.modelbeam.Modelbeam", "preferences.json"), `{"told-service-stays":true}`)
	screen := startDisplay(t)
	cmd := screen.on(m.command(path, append([]string{"--json"}, args...)...))
	cmd.Dir = home
	cmd.Env = append(cmd.Env, "HOME="+home, "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=", "XDG_STATE_HOME=", "XDG_RUNTIME_DIR="+home)
	t.Cleanup(func() { stopService(t, cmd.Env) })
	w := &window{start(t, "modelbeam", cmd), screen, home}
	w.tellAtEnd(t)
	w.awaitEvent(t, "ready", "the gateway is open", anything)
	return w
}

// tellAtEnd has a test that fails tell what the window showed at last, and keep the picture where pictures are kept.
func (w *window) tellAtEnd(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { // which comes before the window is ended
		if !t.Failed() {
			return
		}
		for _, line := range slices.Backward(w.lines()) {
			if strings.HasPrefix(line, `{"event":"state"`) {
				t.Logf("the last State: %s", line)
				break
			}
		}
		if os.Getenv("SCREENS") != "" {
			keepAs(t, "failed-"+strings.ReplaceAll(t.Name(), "/", "-"), w.screen.capture(t, "root"))
		}
	})
}

// stopService ends the service that a window has started: it goes on when the window is closed.
func stopService(t *testing.T, env []string) {
	t.Helper()
	stop := beamCommand(t, "stop")
	stop.Env = env
	if out, err := stop.CombinedOutput(); err != nil {
		t.Errorf("stop the service: %v\n%s", err, out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// awaitGreen waits for what tells a person across the room that the phone is connected: in
// place of the code there is a large green field.
func (w *window) awaitGreen(t *testing.T) {
	t.Helper()
	await.True(t, "the window turns green", func() bool { return green(w.screen.screenshot(t)) > 0.04 })
}

// green is the part of a picture that is clearly green.
func green(img image.Image) float64 {
	n := 0
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, g, b, _ := img.At(x, y).RGBA(); g > r+0x2800 && g > b+0x1000 {
				n++
			}
		}
	}
	return float64(n) / float64(b.Dx()*b.Dy())
}

// keep saves a picture for the README when make screenshot asks for it.
func keep(t *testing.T, name string, png []byte) {
	t.Helper()
	if os.Getenv("UPDATE_SCREENSHOTS") != "" {
		save(t, filepath.Join(root(t), "assets", "screenshots", name), png)
	}
}

// keepAs saves a picture for somebody who wants to look at every state, when make screens asks
// for it.
func keepAs(t *testing.T, name string, png []byte) {
	t.Helper()
	if dir := os.Getenv("SCREENS"); dir != "" {
		save(t, filepath.Join(dir, name+".png"), png)
	}
}

func save(t *testing.T, path string, png []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.Fatal(err)
	}
}
