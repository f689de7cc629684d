package e2e

import (
	"archive/zip"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestPackageWindowsTerminal unpacks the portable zip and runs beam.exe of it: a phone pairs and is answered by
// the demo, as a stream.
func TestPackageWindowsTerminal(t *testing.T) {
	portable := packageFile(t, "*-windows-x64-portable.zip")
	w := startWindows(t, thisMachine)
	folder := w.unpack(t, portable)
	if got := w.run(t, folder+`\beam.exe`, "--version"); !strings.HasPrefix(got, "beam ") {
		t.Errorf("the version is %q", got)
	}
	b := &beam{process: start(t, "beam.exe", w.command(folder+`\beam.exe`, "--json", "--demo=on", "--no-scan", "--no-mdns", "--listen=127.0.0.1:0"))}
	b.ready = b.awaitEvent(t, "ready", "the gateway is open", anything)
	b.url = "http://" + b.ready.Listen
	firstLight(t, b)
	// What a person tells beam.exe from another terminal of this Windows.
	if got := w.run(t, folder+`\beam.exe`, "devices"); !strings.Contains(got, "Anna's iPhone") {
		t.Errorf("the devices are %q", got)
	}
	w.run(t, folder+`\beam.exe`, "stop")
	w.awaitRunning(t, "beam.exe", 0)
}

// firstLight has a phone ask who is there, pair, and chat with the demo. It returns the phone's key, and the model.
func firstLight(t *testing.T, b *beam) (key, model string) {
	t.Helper()
	h := newHandset(t)
	if got := h.get(t, b.url+"/healthz"); got.Status != http.StatusOK || !strings.Contains(got.Text, `"ok":true`) {
		t.Errorf("/healthz answers %d: %s", got.Status, got.Text)
	}
	_, code, _ := strings.Cut(b.ready.PairURL, "#c=")
	paired, err := h.pair(t.Context(), b.url, code, "Anna's iPhone")
	if err != nil || paired.Status != http.StatusOK || len(paired.Models) == 0 {
		t.Fatalf("pairing: %+v, %v", paired, err)
	}
	answer := chat(t, b.url, h.key, paired.Models[0])
	events := append(answer.next(t, 3), answer.rest()...)
	if answer.err != nil || events[len(events)-1] != "[DONE]" {
		t.Errorf("the answer ended with %q, %v", tail(events, 2), answer.err)
	}
	return h.key, paired.Models[0]
}

// unpack puts what a zip has onto this Windows, into a folder with a space and an umlaut in its name.
func (w *windowsPC) unpack(t *testing.T, file string) (folder string) {
	t.Helper()
	r, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	folder = `C:\Für mich`
	for _, f := range r.File {
		content, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(content)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		write(t, filepath.Join(w.path(folder), f.Name), string(all))
	}
	return folder + `\Modelbeam`
}
