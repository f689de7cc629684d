package tray

import (
	"reflect"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/trayhost"
)

// privateBus makes a bus of its own the session bus of this test and its children.
func privateBus(t *testing.T) *trayhost.Bus {
	t.Helper()
	b := trayhost.StartBus(t)
	t.Setenv(trayhost.AddressVariable, b.Address)
	return b
}

// sharingLine is how things are in a child that was just started.
const sharingLine = "[Sharing 1 model from Ollama]"

const startOff, startOn = "☐ Start with the computer", "☑ Start with the computer"

func TestMenu(t *testing.T) {
	bus := privateBus(t)
	tray := bus.Start(true)
	c := startChild(t, "window")
	icon := tray.Icon()

	icon.Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
	open := icon.Property("IconPixmap")
	icon.Click("Show Modelbeam")
	c.wait(t, "Show")
	icon.Click("Pause")
	c.wait(t, "Pause")

	icon.Await("[Sharing is paused]", "-", "Show Modelbeam", "Resume", startOff, "-", "Quit")
	if reflect.DeepEqual(icon.Property("IconPixmap"), open) {
		t.Error("the icon is the same while sharing is paused")
	}
	icon.Click("Resume")
	c.wait(t, "Resume")
	icon.Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
	if !reflect.DeepEqual(icon.Property("IconPixmap"), open) {
		t.Error("the icon is not the old one after Resume")
	}
	icon.Click("Quit")
	c.wait(t, "Quit")
	c.ends(t)
}

func TestIcon(t *testing.T) {
	bus := privateBus(t)
	tray := bus.Start(true)
	c := startChild(t, "window")
	icon := tray.Icon()
	for name, want := range map[string]any{"Title": "Modelbeam", "Id": "Modelbeam", "Status": "Active", "ItemIsMenu": false} {
		if got := icon.Property(name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	// A click on the icon, and not on its menu.
	icon.Tap()
	c.wait(t, "Show")
	c.order(t, "quit")
	c.ends(t)
}

// Where there is no window program, nothing offers one: a click opens the menu.
func TestNoWindow(t *testing.T) {
	bus := privateBus(t)
	tray := bus.Start(true)
	c := startChild(t, "none")
	icon := tray.Icon()
	icon.Await(sharingLine, "-", "Pause", startOff, "-", "Quit")
	if isMenu := icon.Property("ItemIsMenu"); isMenu != true {
		t.Errorf("ItemIsMenu is %v", isMenu)
	}
	c.order(t, "quit")
	c.ends(t)
}

func TestWhatDoesNotRunCannotBePaused(t *testing.T) {
	bus := privateBus(t)
	tray := bus.Start(true)
	c := startChild(t, "window")
	icon := tray.Icon()
	c.order(t, "phase failed")
	icon.Await("[Phones cannot connect right now]", "-", "Show Modelbeam", "[Pause]", startOff, "-", "Quit")
	c.order(t, "phase sharing")
	icon.Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
}

// A language that is chosen in the window is that of an open menu too.
func TestLanguageFollows(t *testing.T) {
	bus := privateBus(t)
	tray := bus.Start(true)
	c := startChild(t, "window")
	icon := tray.Icon()
	icon.Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
	c.order(t, "language de")
	icon.Await("[Gibt 1 Modell aus Ollama frei]", "-", "Modelbeam anzeigen", "Pausieren", "☐ Mit dem Computer starten", "-", "Beenden")
	c.order(t, "language ")
	icon.Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
	c.order(t, "quit")
	c.ends(t)
}

// Another tool of the system may turn it on and off too.
func TestStartAtLogin(t *testing.T) {
	bus := privateBus(t)
	tray := bus.Start(true)
	c := startChild(t, "none")
	icon := tray.Icon()
	icon.Await(sharingLine, "-", "Pause", startOff, "-", "Quit")
	icon.Click(startOff)
	c.wait(t, "StartAtLogin true")
	icon.Await(sharingLine, "-", "Pause", startOn, "-", "Quit")
	icon.Click(startOn)
	c.wait(t, "StartAtLogin false")
	icon.Await(sharingLine, "-", "Pause", startOff, "-", "Quit")
	c.order(t, "login on")
	icon.Await(sharingLine, "-", "Pause", startOn, "-", "Quit")
	c.order(t, "login blocked")
	icon.Await(sharingLine, "-", "Pause", startOff, "-", "Quit")
	icon.Click(startOff)
	c.wait(t, "StartAtLogin true")
	icon.Await(sharingLine, "-", "Pause", startOn, "-", "Quit")
	c.order(t, "login unavailable")
	icon.Await(sharingLine, "-", "Pause", "-", "Quit")
}

// For whom the computer stays awake is said for as long as it does.
func TestAwakeLine(t *testing.T) {
	bus := privateBus(t)
	tray := bus.Start(true)
	c := startChild(t, "none")
	icon := tray.Icon()
	icon.Await(sharingLine, "-", "Pause", startOff, "-", "Quit")
	c.order(t, "awake Anna's_iPhone")
	icon.Await(sharingLine, "[Awake for Anna's__iPhone]", "-", "Pause", startOff, "-", "Quit")
	c.order(t, "awake")
	icon.Await(sharingLine, "-", "Pause", startOff, "-", "Quit")
	c.order(t, "awake Ben")
	icon.Await(sharingLine, "[Awake for Ben]", "-", "Pause", startOff, "-", "Quit")
}

// A name that others chose is one line of a menu, whatever is in it.
func TestHostileName(t *testing.T) {
	bus := privateBus(t)
	tray := bus.Start(true)
	c := startChild(t, "window")
	icon := tray.Icon()
	c.order(t, "server _Quit\x1b[2J\u202e\xff\x00"+strings.Repeat("x", 5000))
	icon.Await("[Sharing 1 model from __Quit\uFFFD[2J\uFFFD\uFFFD\uFFFD"+strings.Repeat("x", 38)+"…]",
		"-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
	c.order(t, "server Ollama")
	icon.Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
}

// What nobody can see in the menu does not touch it: it may be open.
func TestBurstsLeaveTheMenu(t *testing.T) {
	bus := privateBus(t)
	tray := bus.Start(true)
	c := startChild(t, "window")
	icon := tray.Icon()
	icon.Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")

	changes := make(chan *dbus.Signal, 4096)
	desktop := bus.Connect()
	if err := desktop.AddMatchSignal(dbus.WithMatchInterface("com.canonical.dbusmenu"), dbus.WithMatchMember("ItemsPropertiesUpdated")); err != nil {
		t.Fatal(err)
	}
	desktop.Signal(changes)
	c.order(t, "count")
	c.order(t, "phase offline")
	signal := await.First(t, "the menu changes", changes)
	var updated []struct {
		ID         int32
		Properties map[string]dbus.Variant
	}
	if err := dbus.Store(signal.Body[:1], &updated); err != nil {
		t.Fatal(err)
	}
	if len(updated) != 1 || updated[0].Properties["label"].Value() != "Phones cannot reach this computer" {
		t.Errorf("while an answer grew, the menu changed: %v", updated)
	}
}

// Whoever looks at the code sees that a phone is connected. Nobody else would, and the name of the phone
// is not for the whole room.
func TestGreeting(t *testing.T) {
	bus := privateBus(t)
	said := bus.Notifications()
	tray := bus.Start(true)
	c := startChild(t, "window")
	tray.Icon()

	c.order(t, "code 7KQ2-M9XF")
	c.order(t, "paired seen")
	c.order(t, "paired")
	c.order(t, "code")
	c.order(t, "paired $(reboot)")
	if got, want := await.First(t, "a notification", said), "Modelbeam/app.modelbeam.Modelbeam/Modelbeam/A phone is connected."; got != want {
		t.Errorf("the notification is %q, want %q", got, want)
	}
	c.order(t, "quit")
	c.ends(t)
	select {
	case more := <-said:
		t.Errorf("another notification: %q", more)
	default:
	}
}
