package e2e

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// TestCodeTakenBack presses Pause in the window while a phone is on its way with the code, and then
// Resume: the phone is told that its code is too old, and the window shows another one that works.
// That a code also ends by itself after three minutes is tested beside the codes, where a clock
// can be turned.
func TestCodeTakenBack(t *testing.T) {
	w := openWindow(t, thisMachine, "--listen", "127.0.0.1:0", "--advertise", "127.0.0.1", "--no-scan", "--no-mdns", "--demo", "on")
	late := readCode(t, w.screen.awaitQR(t))
	w.pressPause(t)
	w.awaitEvent(t, "state", "it is paused", func(e event) bool { return e.Phase == "paused" && e.Pairing.Code == "" })
	w.screen.awaitNoQR(t) // the window is told when we are, and draws later: until then a click means Pause
	phone := newHandset(t)
	base := "http://" + w.awaitEvent(t, "ready", "the gateway is open", anything).Listen
	if got, err := phone.pair(t.Context(), base, late, "phone"); err != nil || got.Status != http.StatusServiceUnavailable || got.Error.Code != "paused" {
		t.Errorf("while it is paused the phone gets %+v, %v", got, err)
	}

	w.pressPause(t) // which is Resume now
	fresh := readCode(t, w.screen.awaitQR(t))
	if fresh == late {
		t.Fatal("the window shows the same code again")
	}
	if got, err := phone.pair(t.Context(), base, late, "phone"); err != nil || got.Status != http.StatusGone || got.Error.Code != "code_expired" || got.Error.Message == "" {
		t.Errorf("with the late code the phone gets %+v, %v", got, err)
	}
	if got, err := phone.pair(t.Context(), base, fresh, "phone"); err != nil || got.Status != http.StatusOK {
		t.Errorf("with the fresh code the phone gets %+v, %v", got, err)
	}
}

// readCode finds the code in what the QR code says.
func readCode(t *testing.T, url string) string {
	t.Helper()
	_, code, ok := strings.Cut(url, "#c=")
	if !ok {
		t.Fatalf("the code on the screen says %q", url)
	}
	return code
}

// pressPause clicks on the button at the top right of the window.
func (w *window) pressPause(t *testing.T) {
	t.Helper()
	const fromLeft, fromTop = "680", "40" // in a window of the size in which it opens
	err := w.screen.on(exec.Command(tool(t, "xdotool"), "search", "--name", "^Modelbeam$",
		"mousemove", "--window", "%1", fromLeft, fromTop, "sleep", "0.3", "click", "1")).Run()
	if err != nil {
		t.Fatalf("click: %v", err)
	}
}
