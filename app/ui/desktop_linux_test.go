//go:build !ci

package ui

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"modelbeam/app/words"
	"modelbeam/cmd/e2e/await"
)

// The tests in this file run the real window, in a process of its own, on a screen in memory.
// Fyne's tag ci puts a driver for tests in its place, so that there is nothing to test then.

// screen starts an X server and makes it the display of this test and its children.
func screen(t *testing.T) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command(need(t, "Xvfb"), "-displayfd", "3", "-screen", "0", "1024x768x24", "+extension", "GLX", "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{write}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
		read.Close()
	})
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("start Xvfb: %v", err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	t.Setenv("WAYLAND_DISPLAY", "")
}

// child is the window in its own process.
type child struct {
	cmd    *exec.Cmd
	lines  chan string  // what it prints: the calls of its controller
	stderr bytes.Buffer // to be read when it has ended
}

// raceInTray is a report of the race detector about Fyne's tray library, which answers the
// desktop's questions for the menu while it counts the menu's versions up, without a lock.
var raceInTray = regexp.MustCompile(`(?:[Rr]ead|[Ww]rite) at 0x\w+ by .*\n +fyne\.io/systray\.`)

// checkRaces fails the test for every data race but those that are not ours.
func (c *child) checkRaces(t *testing.T) {
	t.Helper()
	for report := range strings.SplitSeq(c.stderr.String(), "==================\n") {
		if strings.Contains(report, "DATA RACE") && !raceInTray.MatchString(report) {
			t.Errorf("in the window's process: %s", report)
		}
	}
}

func startWindow(t *testing.T, scene string) *child {
	t.Helper()
	home := t.TempDir()
	if err := os.MkdirAll(home+"/.cache", 0o700); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: exec.Command(os.Args[0]), lines: make(chan string, 64)}
	c.cmd.Env = append(os.Environ(), childVariable+"="+scene, words.LanguageVariable+"=en", "HOME="+home, "XDG_RUNTIME_DIR="+home)
	c.cmd.Env = append(c.cmd.Env, "GORACE=exitcode=0") // see checkRaces
	c.cmd.Stderr = &c.stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.kill(t) })
	go func() {
		defer close(c.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			c.lines <- s.Text()
		}
	}()
	return c
}

// kill ends the window's process, if it has not ended, and tells what it said if the test failed.
func (c *child) kill(t *testing.T) {
	_ = c.cmd.Process.Kill()
	for line := range c.lines {
		t.Log(line)
	}
	_ = c.cmd.Wait() // an error when it was waited for before
	if t.Failed() {
		t.Logf("the window's process: %s", &c.stderr)
	}
}

// wait reads what the window prints until it prints want.
func (c *child) wait(t *testing.T, want string) {
	t.Helper()
	await.Value(t, "the window prints "+want, c.lines, func(line string) bool { return line == want })
}

// ends wants the process to be over with success soon after it was asked to end at since.
func (c *child) ends(t *testing.T, since time.Time) {
	t.Helper()
	c.wait(t, "ended")
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("the window's process: %v\n%s", err, &c.stderr)
	}
	c.checkRaces(t)
	if took := time.Since(since); took > 3*time.Second {
		t.Errorf("quitting took %v", took)
	}
}

// trayMenu is the menu of our icon, read over D-Bus as a desktop does
// (com.canonical.dbusmenu).
type trayMenu struct{ object dbus.BusObject }

func (w *fakeWatcher) menu(t *testing.T) trayMenu {
	t.Helper()
	name := await.First(t, "a tray icon registers", w.items)
	return trayMenu{w.conn.Object(name, "/StatusNotifierItem/menu")}
}

// menuItem is one entry in the answer of GetLayout.
type menuItem struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// items are the menu's entries, label to number.
func (m trayMenu) items(t *testing.T) (map[string]int32, error) {
	var revision uint32
	var root menuItem
	err := m.object.CallWithContext(t.Context(), "com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).
		Store(&revision, &root)
	if err != nil {
		return nil, fmt.Errorf("read the tray's menu: %w", err)
	}
	labels := map[string]int32{}
	for _, child := range root.Children {
		var item menuItem
		if err := dbus.Store([]any{child.Value()}, &item); err != nil {
			return nil, fmt.Errorf("read an item of the tray's menu: %w", err)
		}
		if label, ok := item.Properties["label"].Value().(string); ok {
			labels[label] = item.ID
		}
	}
	return labels, nil
}

// await reads the menu until it has exactly these labels, and returns their numbers. An icon
// registers a moment before its menu is there, so that an error may pass too.
func (m trayMenu) await(t *testing.T, want ...string) map[string]int32 {
	t.Helper()
	type look struct {
		items map[string]int32
		err   error
	}
	slices.Sort(want)
	return await.Get(t, fmt.Sprintf("the tray's menu is %q", want), func() (l look) {
		l.items, l.err = m.items(t)
		return l
	}, func(l look) bool {
		return slices.Equal(slices.Sorted(maps.Keys(l.items)), want)
	}).items
}

func (m trayMenu) click(t *testing.T, id int32) {
	t.Helper()
	err := m.object.CallWithContext(t.Context(), "com.canonical.dbusmenu.Event", 0,
		id, "clicked", dbus.MakeVariant(""), uint32(0)).Err
	if err != nil {
		t.Fatalf("click in the tray's menu: %v", err)
	}
}

func TestRealTray(t *testing.T) {
	privateBus(t)
	screen(t)
	watcher := startWatcher(t, true)
	window := startWindow(t, "sharing")
	window.wait(t, "ShowCode true")

	const sharing = "Sharing 5 models from Ollama and LM Studio"
	menu := watcher.menu(t)
	items := menu.await(t, sharing, "Show Modelbeam", "Pause", "Quit")
	menu.click(t, items["Pause"])
	window.wait(t, "Pause")
	items = menu.await(t, "Sharing is paused", "Show Modelbeam", "Resume", "Quit")
	menu.click(t, items["Resume"])
	window.wait(t, "Resume")
	items = menu.await(t, sharing, "Show Modelbeam", "Pause", "Quit")

	asked := time.Now()
	menu.click(t, items["Quit"])
	window.ends(t, asked)
}

// Closing hides the window behind the tray; Show brings it back; Quit works while it is hidden.
func TestRealClose(t *testing.T) {
	privateBus(t)
	screen(t)
	windowManager(t)
	watcher := startWatcher(t, true)
	window := startWindow(t, "sharing")
	window.wait(t, "ShowCode true")
	items := watcher.menu(t)
	labels := items.await(t, "Sharing 5 models from Ollama and LM Studio", "Show Modelbeam", "Pause", "Quit")

	window.close(t)
	items.click(t, labels["Show Modelbeam"])
	window.wait(t, "ShowCode true")
	window.close(t)

	asked := time.Now()
	items.click(t, labels["Quit"])
	window.ends(t, asked)
}

func TestRealTermination(t *testing.T) {
	privateBus(t)
	screen(t)
	window := startWindow(t, "answering")
	window.wait(t, "running") // from here on Fyne listens to signals
	asked := time.Now()
	if err := window.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	window.wait(t, "ShowCode false")
	window.ends(t, asked)
}

// close presses the close button, by the window manager's key for it, until the window is hidden.
// A press that comes before the window has the focus goes nowhere.
func (c *child) close(t *testing.T) {
	t.Helper()
	tool := need(t, "xdotool")
	await.True(t, "the window closes", func() bool {
		if out, err := exec.Command(tool, "key", "alt+F4").CombinedOutput(); err != nil {
			t.Fatalf("press alt+F4: %v: %s", err, out)
		}
		select {
		case line := <-c.lines:
			return line == "ShowCode false"
		case <-time.After(500 * time.Millisecond):
			return false
		}
	})
}

// windowManager starts one, which a screen needs for focus and close buttons.
func windowManager(t *testing.T) {
	t.Helper()
	wm := exec.Command(need(t, "openbox"), "--sm-disable")
	wm.Env = append(os.Environ(), "HOME="+t.TempDir())
	if err := wm.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = wm.Process.Kill()
		_ = wm.Wait()
	})
}
