package tray

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"modelbeam/app/words"
	"modelbeam/cmd/e2e/await"
)

// child is a process that shows a tray.
type child struct {
	cmd    *exec.Cmd
	stdin  io.Writer
	lines  chan string  // what it prints: the calls of its controller
	stderr bytes.Buffer // to be read when it has ended
}

func startChild(t *testing.T, kind string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0]), lines: make(chan string, 64)}
	c.cmd.Env = append(os.Environ(), childVariable+"="+kind, words.LanguageVariable+"=en", "GORACE=exitcode=0") // see checkRaces
	c.cmd.Stderr = &c.stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
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

// kill ends the process, if it has not ended, and tells what it said if the test failed.
func (c *child) kill(t *testing.T) {
	_ = c.cmd.Process.Kill()
	for line := range c.lines {
		t.Log(line)
	}
	_ = c.cmd.Wait() // an error when it was waited for before
	if t.Failed() {
		t.Logf("the tray's process: %s", &c.stderr)
	}
}

// order asks for another state, and returns when the tray was told of it.
func (c *child) order(t *testing.T, order string) {
	t.Helper()
	if _, err := fmt.Fprintln(c.stdin, order); err != nil {
		t.Fatal(err)
	}
	verb, _, _ := strings.Cut(order, " ")
	c.wait(t, "obeyed "+verb)
}

func (c *child) wait(t *testing.T, want string) {
	t.Helper()
	await.Value(t, "the tray prints "+want, c.lines, func(line string) bool { return line == want })
}

// ends wants the process to be over, with success and no goroutine left.
func (c *child) ends(t *testing.T) {
	t.Helper()
	c.wait(t, "ended")
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("the tray's process: %v\n%s", err, &c.stderr)
	}
	for report := range strings.SplitSeq(c.stderr.String(), "==================\n") {
		if strings.Contains(report, "DATA RACE") && !raceInSystray.MatchString(report) {
			t.Errorf("in the tray's process: %s", report)
		}
	}
}

// raceInSystray is a report of the race detector about systray itself, which answers the desktop's
// questions for the menu while it counts the menu's versions up, without a lock.
var raceInSystray = regexp.MustCompile(`(?:[Rr]ead|[Ww]rite) at 0x\w+ by .*\n +fyne\.io/systray\.`)

// desktopIcon is our icon as a desktop sees it over D-Bus.
type desktopIcon struct {
	item, menu dbus.BusObject
}

// icon waits until an icon registers.
func (w *fakeWatcher) icon(t *testing.T) desktopIcon {
	t.Helper()
	name := await.First(t, "a tray icon registers", w.items)
	return desktopIcon{w.conn.Object(name, "/StatusNotifierItem"), w.conn.Object(name, "/StatusNotifierItem/menu")}
}

func (i desktopIcon) property(t *testing.T, name string) any {
	t.Helper()
	value, err := i.item.GetProperty("org.kde.StatusNotifierItem." + name)
	if err != nil {
		t.Fatalf("read %s of the icon: %v", name, err)
	}
	return value.Value()
}

// menuItem is one entry in the answer of com.canonical.dbusmenu.GetLayout.
type menuItem struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// text is how a menu draws the item: "-" is a separator, brackets are what cannot be pressed. What cannot be
// seen is "".
func (i menuItem) text() string {
	label, _ := i.Properties["label"].Value().(string)
	if i.Properties["type"].Value() == "separator" {
		label = "-"
	}
	if i.Properties["enabled"].Value() == false {
		label = "[" + label + "]"
	}
	if i.Properties["toggle-type"].Value() == "checkmark" {
		label = map[any]string{int32(0): "☐ ", int32(1): "☑ "}[i.Properties["toggle-state"].Value()] + label
	}
	if i.Properties["visible"].Value() == false {
		label = ""
	}
	return label
}

func (i desktopIcon) items(t *testing.T) (items []menuItem, err error) {
	var revision uint32
	var root menuItem
	err = i.menu.CallWithContext(t.Context(), "com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).
		Store(&revision, &root)
	for _, variant := range root.Children {
		var item menuItem
		if err := dbus.Store([]any{variant.Value()}, &item); err != nil {
			return nil, err
		}
		if item.text() != "" {
			items = append(items, item)
		}
	}
	return items, err
}

// await reads the menu until it shows exactly this, and returns its items by what they show. An icon
// registers a moment before its menu is there, so that an error may pass too.
func (i desktopIcon) await(t *testing.T, want ...string) map[string]menuItem {
	t.Helper()
	items := map[string]menuItem{}
	await.Get(t, fmt.Sprintf("the tray's menu is %q", want), func() (shown []string) {
		all, err := i.items(t)
		if err != nil {
			return []string{err.Error()}
		}
		for _, item := range all {
			shown = append(shown, item.text())
			items[item.text()] = item
		}
		return shown
	}, func(shown []string) bool { return slices.Equal(shown, want) })
	return items
}

func (i desktopIcon) click(t *testing.T, item menuItem) {
	t.Helper()
	err := i.menu.CallWithContext(t.Context(), "com.canonical.dbusmenu.Event", 0,
		item.ID, "clicked", dbus.MakeVariant(""), uint32(0)).Err
	if err != nil {
		t.Fatalf("click in the tray's menu: %v", err)
	}
}
