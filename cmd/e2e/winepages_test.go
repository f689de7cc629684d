package e2e

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// The rules of Windows' firewall, one value each; see .ci/packaging/windows/firewall.nsh.
const firewallRules = `HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules`

// TestPackageWindowsFirewall goes through the pages of setup as a person does who takes what they propose.
// Phones are let in once, by a rule for the program that listens, after those that kept them out are gone;
// where they are let in already, nothing is asked. The uninstaller takes the rule away, and the settings of who ticks
// that.
func TestPackageWindowsFirewall(t *testing.T) {
	file := packageFile(t, "*-windows-x64-setup.exe")
	laptop, _ := newHome(t)
	w := startWindows(t, laptop)
	w.screen = startDisplay(t)
	setup := w.download(t, file)
	program := `program="` + installed + `\beam.exe"`
	forget := "advfirewall firewall delete rule name=all " + program
	allow := `advfirewall firewall add rule name="Modelbeam" dir=in action=allow enable=yes profile=private,domain ` + program

	w.finishSetup(t, setup)
	w.assertNetsh(t, forget, allow)
	w.addRule(t, "allowed", "Allow", "Private")
	w.finishSetup(t, setup)
	w.assertNetsh(t, forget, allow)
	w.addRule(t, "cancelled", "Block", "Public") // this one wins
	w.finishSetup(t, setup)
	w.assertNetsh(t, forget, allow, forget, allow)

	w.uninstallWithSettings(t)
	w.assertNetsh(t, forget, allow, forget, allow, forget)
}

// uninstallWithSettings goes through the pages of the uninstaller, and ticks that the settings go too.
func (w *windowsPC) uninstallWithSettings(t *testing.T) {
	t.Helper()
	settings := w.path(roamingData + `\modelbeam`)
	if !exists(settings) {
		t.Fatal("the app has written no settings")
	}
	w.startDialog(t, installed+`\uninstall.exe`)
	const dialog, tick = "Modelbeam Uninstall", "Also remove my settings"
	if w.awaitControl(t, dialog, tick).ticked {
		t.Error("the settings go where nobody has asked for that")
	}
	w.click(t, w.awaitControl(t, dialog, tick).middle)
	await.True(t, "the tick is set", func() bool { return w.awaitControl(t, dialog, tick).ticked })
	w.click(t, w.awaitControl(t, dialog, "&Uninstall").middle)
	await.True(t, "its folder is gone", func() bool { return !exists(w.path(installed)) })
	await.True(t, "the settings are gone", func() bool { return !exists(settings) })
}

// awaitStage waits until the window shows what there is to do first: it has a green button for that.
func (w *windowsPC) awaitStage(t *testing.T) {
	t.Helper()
	await.True(t, "the window shows", func() bool { return green(w.screen.screenshot(t)) > 0.002 })
}

// finishSetup runs setup and accepts its last page; then the window shows.
func (w *windowsPC) finishSetup(t *testing.T, setup string) {
	t.Helper()
	began := time.Now()
	w.startDialog(t, setup)
	w.awaitWindow(t, "Modelbeam Setup")
	w.awaitUnpacked(t, began)
	await.True(t, "setup shows its picture", func() bool { return green(w.screen.screenshot(t)) > 0.04 })
	gone := func() bool { return len(w.running(setup[strings.LastIndex(setup, `\`)+1:])) == 0 }
	for range 4 { // the window that is there next has nothing that has the keys
		w.press(t, "Return")
		if await.Within(await.Limit/4, gone) {
			break
		}
	}
	await.True(t, "setup has ended", gone)
	w.awaitStage(t)
	w.run(t, installed+`\beam.exe`, "stop")
	w.awaitRunning(t, "modelbeam.exe", 0)
}

// awaitUnpacked waits until a setup that began after some time has unpacked the app. On a busy computer that takes longer
// than all else, and looking at the screen meanwhile would hold it up.
func (w *windowsPC) awaitUnpacked(t *testing.T, after time.Time) {
	t.Helper()
	await.TrueWithin(t, 5*await.Limit, "the app is unpacked", func() bool {
		last, err := os.Stat(w.path(installed + `\uninstall.exe`)) // written last
		return err == nil && last.ModTime().After(after)
	})
}

// startDialog starts a program that people click through. It has no pipe for its output: what it leaves running
// there, Wine's own services too, would hold on to that.
func (w *windowsPC) startDialog(t *testing.T, program string) {
	t.Helper()
	cmd := w.command(program)
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// awaitWindow waits until a window with that title is there to be seen.
func (w *windowsPC) awaitWindow(t *testing.T, title string) {
	t.Helper()
	search := func() *exec.Cmd {
		return w.screen.on(exec.Command(tool(t, "xdotool"), "search", "--onlyvisible", "--name", "^"+title+" *$"))
	}
	await.True(t, "a window is called "+title, func() bool { return search().Run() == nil })
}

// press presses a key, for the window that has the focus.
func (w *windowsPC) press(t *testing.T, key string) {
	t.Helper()
	if out, err := w.screen.on(exec.Command(tool(t, "xdotool"), "key", key)).CombinedOutput(); err != nil {
		t.Fatalf("press %s: %v\n%s", key, err, out)
	}
}

// button is one of a dialog, or a tick.
type button struct {
	middle image.Point // on the screen
	ticked bool
}

// awaitControl waits until a dialog shows a control that can be clicked. Both are named by how their text begins.
func (w *windowsPC) awaitControl(t *testing.T, dialog, text string) (b button) {
	t.Helper()
	await.True(t, dialog+" shows "+text, func() bool {
		ticked := 0
		n, _ := fmt.Sscan(w.run(t, "place.exe", dialog, text), &b.middle.X, &b.middle.Y, &ticked)
		b.ticked = ticked == 1
		return n == 3
	})
	return b
}

// click clicks at a place on the screen, whichever window has the focus.
func (w *windowsPC) click(t *testing.T, at image.Point) {
	t.Helper()
	x, y := strconv.Itoa(at.X), strconv.Itoa(at.Y)
	if out, err := w.screen.on(exec.Command(tool(t, "xdotool"), "mousemove", x, y, "click", "1")).CombinedOutput(); err != nil {
		t.Fatalf("click at %v: %v\n%s", at, err, out)
	}
}

// addRule makes a rule about our program, as Windows notes it.
func (w *windowsPC) addRule(t *testing.T, name, action, profile string) {
	t.Helper()
	rule := "v2.30|Action=" + action + "|Active=TRUE|Dir=In|Protocol=6|Profile=" + profile + "|App=" + installed + `\beam.exe|Name=` + name + "|"
	w.run(t, "reg", "add", firewallRules, "/v", name, "/d", rule, "/f")
}

// assertNetsh compares what netsh was asked to do so far.
func (w *windowsPC) assertNetsh(t *testing.T, want ...string) {
	t.Helper()
	notes, _ := os.ReadFile(w.path(`C:\netsh.txt`))
	got := strings.Split(strings.TrimSpace(string(notes)), "\n")
	for i := range got {
		_, got[i], _ = strings.Cut(strings.TrimSpace(got[i]), ".exe ")
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("netsh was asked\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
