package e2e

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// installed is where setup.exe puts us, for the one person.
const installed = localData + `\Programs\Modelbeam`

// TestPackageWindowsSetup is the life of the app on a Windows: it is installed, a phone scans the code in the
// window's picture and chats, it is updated while it runs, and removed.
func TestPackageWindowsSetup(t *testing.T) {
	file := packageFile(t, "*-windows-x64-setup.exe")
	laptop, phone := newHome(t)
	w := startWindows(t, laptop)
	w.screen = startDisplay(t)
	w.triesDemo(t)
	before := w.contents(t)

	setup := w.download(t, file)
	w.run(t, setup, "/S")
	w.assertInstalled(t)
	w.rename(t, laptopName)
	window := w.open(t)
	page := scan(t, window, phone)
	page.watchAnswer()
	page.ask("Tell me something.", "modelbeam-demo")
	page.awaitGrowth(5)

	w.assertOneWindow(t, window)
	w.assertUpdated(t, window, setup)
	page.watchAnswer()
	page.ask("And now something else.", "modelbeam-demo")
	page.awaitGrowth(5)

	w.run(t, installed+`\uninstall.exe`, "/S")
	w.awaitRunning(t, "beam.exe", 0)
	w.awaitRunning(t, "modelbeam.exe", 0)
	await.True(t, "its folder is gone", func() bool { return !exists(w.path(installed)) })
	w.assertNothingLeft(t, before)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// rename gives the laptop the name that phones see, as long as nothing runs there.
func (w *windowsPC) rename(t *testing.T, name string) {
	t.Helper()
	write(t, w.path(roamingData+`\modelbeam\settings.json`), `{"name": "`+name+`"}`)
}

// triesDemo is the person's press of "Try the built-in demo", as the window remembers it.
func (w *windowsPC) triesDemo(t *testing.T) {
	t.Helper()
	folder := w.path(roamingData + `\fyne\app.modelbeam.Modelbeam`)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "preferences.json"), `{"tries-demo":true}`)
}

// open starts the installed app as the Start menu does, and returns when phones can come.
func (w *windowsPC) open(t *testing.T, args ...string) *window {
	t.Helper()
	window := &window{process: start(t, "modelbeam.exe", w.command(installed+`\modelbeam.exe`, append([]string{"--json"}, args...)...)), screen: w.screen}
	window.tellAtEnd(t)
	window.awaitEvent(t, "state", "phones can come", func(e event) bool { return e.Phase == "sharing" })
	return window
}

// assertInstalled looks at what Windows shows of an installed app.
func (w *windowsPC) assertInstalled(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		installed + `\beam.exe`, installed + `\modelbeam.exe`, installed + `\uninstall.exe`, installed + `\LICENSE.txt`,
		roamingData + `\Microsoft\Windows\Start Menu\Programs\Modelbeam.lnk`,
	} {
		if !isFile(w.path(name)) {
			t.Errorf("there is no %s", name)
		}
	}
	listed := w.run(t, "reg", "query", `HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Modelbeam`)
	for _, value := range []string{"DisplayName", "DisplayVersion", "DisplayIcon", "UninstallString", "QuietUninstallString", "EstimatedSize"} {
		if !strings.Contains(listed, value) {
			t.Errorf("%s is not in the list of apps:\n%s", value, listed)
		}
	}
}

// assertOneWindow starts the app again: the window that is there comes to the front.
func (w *windowsPC) assertOneWindow(t *testing.T, first *window) {
	t.Helper()
	w.run(t, installed+`\modelbeam.exe`)
	if got := w.running("modelbeam.exe"); len(got) != 1 || !first.process.running() {
		t.Errorf("after a second start %d windows are there", len(got))
	}
}

// assertUpdated runs the setup program over the running app, from a program that ends at once, as the
// service does. The service and the window are new ones afterwards, and nothing is left of the old.
func (w *windowsPC) assertUpdated(t *testing.T, old *window, setup string) {
	t.Helper()
	service := w.awaitRunning(t, "beam.exe", 1)
	write(t, w.path(installed+`\LICENSE.txt`), "of an earlier version")
	began := time.Now()
	w.run(t, "cmd", "/c", "start", "", setup, "/S")
	await.Done(t, "the old window has closed", old.exited)
	w.awaitUnpacked(t, began)
	await.True(t, "another service runs", func() bool {
		now := w.running("beam.exe")
		return len(now) == 1 && now[0] != service[0]
	})
	w.awaitRunning(t, "modelbeam.exe", 1)
	if now, err := os.ReadFile(w.path(installed + `\LICENSE.txt`)); err != nil || !bytes.Contains(now, []byte("MIT License")) {
		t.Errorf("the licence is %.40q, %v", now, err)
	}
	await.Get(t, "the new service has deleted what the update has left", func() []string { return w.old(t) }, func(left []string) bool { return len(left) == 0 })
	w.awaitStage(t)
}

// TestPackageWindowsUpdate has a program of the installed folder go on through an update: one that
// shares another state folder is not the service, and setup may not end it. It is renamed, and deleted when
// the service starts after its end.
func TestPackageWindowsUpdate(t *testing.T) {
	file := packageFile(t, "*-windows-x64-setup.exe")
	w := startWindows(t, thisMachine)
	setup := w.download(t, file)
	w.run(t, setup, "/S")
	stranger := start(t, "beam.exe", w.command(installed+`\beam.exe`, `--state=C:\other`, "--json", "--demo=on", "--no-scan", "--no-mdns", "--listen=127.0.0.1:0"))
	ready := stranger.awaitEvent(t, "ready", "the gateway is open", anything)
	w.run(t, setup, "/S")
	if got := status(t, "http://"+ready.Listen+"/healthz", ""); got != http.StatusOK {
		t.Errorf("after the update it answers %d", got)
	}
	w.assertInstalled(t)
	if got := w.old(t); len(got) != 1 {
		t.Errorf("what still runs is %q", got)
	}

	w.run(t, installed+`\beam.exe`, "stop", `--state=C:\other`)
	await.Done(t, "the stranger has ended", stranger.exited)
	start(t, "service", w.command(installed+`\beam.exe`, "service", "--no-scan", "--no-mdns", "--listen=127.0.0.1:0"))
	await.True(t, "the service has deleted it", func() bool { return len(w.old(t)) == 0 })
}

// old is what an update has renamed and could not delete.
func (w *windowsPC) old(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(w.path(installed))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".old") {
			names = append(names, e.Name())
		}
	}
	return names
}
