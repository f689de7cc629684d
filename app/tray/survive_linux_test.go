package tray

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/trayhost"
)

// The tray of a desktop may come after us, as when GNOME's extension is switched on, and go and come
// again, as when plasmashell starts anew.
func TestDesktopComesAndGoes(t *testing.T) {
	bus := privateBus(t)
	c := startChild(t, "window")
	await.True(t, "the icon is on the bus", func() bool {
		var names []string
		err := bus.Connect().BusObject().Call("org.freedesktop.DBus.ListNames", 0).Store(&names)
		return err == nil && strings.Contains(strings.Join(names, " "), "org.kde.StatusNotifierItem-")
	})
	tray := bus.Start(true)
	tray.Icon().Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
	tray.Go()
	c.order(t, "phase paused")
	tray.Come()
	icon := tray.Icon()
	icon.Await("[Sharing is paused]", "-", "Show Modelbeam", "Resume", startOff, "-", "Quit")
	icon.Click("Resume")
	c.wait(t, "Resume")
	c.order(t, "quit")
	c.ends(t)
}

func TestNoBus(t *testing.T) {
	t.Setenv(trayhost.AddressVariable, "unix:path="+t.TempDir()+"/none")
	c := startChild(t, "window")
	c.order(t, "phase paused")
	c.order(t, "quit")
	c.ends(t)
}

// A bus that crashes takes the tray with it. The icon is back on the next one, as things are by then.
func TestBusDies(t *testing.T) {
	bus := privateBus(t)
	tray := bus.Start(true)
	c := startChild(t, "window")
	icon := tray.Icon()
	icon.Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
	open := icon.Property("IconPixmap")
	if _, err := fmt.Fprintln(c.stdin, "flip"); err != nil { // so that something is always on its way
		t.Fatal(err)
	}
	bus.Crash()
	c.wait(t, "obeyed flip")
	c.order(t, "phase failed")
	c.order(t, "phase paused")
	bus.Restart()

	tray = bus.Start(true)
	icon = tray.Icon()
	icon.Await("[Sharing is paused]", "-", "Show Modelbeam", "Resume", startOff, "-", "Quit")
	if reflect.DeepEqual(icon.Property("IconPixmap"), open) {
		t.Error("the icon is that of before")
	}
	icon.Click("Resume")
	c.wait(t, "Resume")
	icon.Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
	c.order(t, "quit")
	c.ends(t)
}

// A bus that was stopped keeps nobody from quitting.
func TestSilentBus(t *testing.T) {
	bus := privateBus(t)
	tray := bus.Start(true)
	c := startChild(t, "window")
	tray.Icon().Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
	bus.Hang()
	c.order(t, "phase paused")
	c.order(t, "quit")
	c.ends(t)
}
