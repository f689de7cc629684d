package tray

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/trayhost"
)

// The tray of a desktop may come after us, as when GNOME's extension is switched on, and go and come
// again, as when plasmashell starts anew.
func TestDesktopComesAndGoes(t *testing.T) {
	bus := privateBus(t)
	watches := watchers(t, bus.Connect())
	c := startChild(t, "window")
	await.First(t, "somebody waits for a tray", watches)
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

// watchers tells when somebody asks the bus behind conn to be told of trays that come.
func watchers(t *testing.T, conn *dbus.Conn) <-chan struct{} {
	t.Helper()
	rules := []string{"type='method_call',interface='org.freedesktop.DBus',member='AddMatch'"}
	if err := conn.BusObject().Call("org.freedesktop.DBus.Monitoring.BecomeMonitor", 0, rules, uint32(0)).Err; err != nil {
		t.Fatal(err)
	}
	asked := make(chan *dbus.Message, 16)
	conn.Eavesdrop(asked)
	watches := make(chan struct{}, 16)
	go func() { // ends with conn
		for m := range asked {
			if strings.Contains(fmt.Sprint(m.Body...), "org.kde.StatusNotifierWatcher") {
				watches <- struct{}{}
			}
		}
	}()
	return watches
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
