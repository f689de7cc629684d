package tray

import (
	"bytes"
	"io"
	"net"
	"testing"

	"github.com/godbus/dbus/v5"

	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/trayhost"
)

// TestTrayComesBeforeSystrayListens: a tray that comes after systray has looked for one, and before it is told of those
// to come, shows the icon all the same. It has it once.
func TestTrayComesBeforeSystrayListens(t *testing.T) {
	bus := privateBus(t)
	asks, there := make(chan bool, 1), make(chan bool)
	between(t, bus, func(systray, bus net.Conn) {
		go io.Copy(systray, bus)
		holdUp(bus, systray, []byte("AddMatch"), func() { asks <- true; <-there })
	})
	c := startChild(t, "window")
	await.First(t, "systray asks to be told", asks)
	tray := bus.Start(true)
	close(there)
	tray.Icon().Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
	if got := tray.Items(); len(got) != 1 {
		t.Errorf("the tray has %q", got)
	}
	tray.Go()
	tray.Come() // by now it listens
	tray.Icon().Await(sharingLine, "-", "Show Modelbeam", "Pause", startOff, "-", "Quit")
	c.order(t, "quit")
	c.ends(t)
}

// holdUp copies what a program says until a word is in it, and waits before it goes on. godbus writes a message at once.
func holdUp(to io.Writer, from io.Reader, word []byte, wait func()) {
	for buffer := make([]byte, 64<<10); ; {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if wait != nil && bytes.Contains(buffer[:n], word) {
			wait()
			wait = nil
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// TestEnsureRegistered registers with a tray that does not have the icon, and with no other.
func TestEnsureRegistered(t *testing.T) {
	bus := trayhost.StartBus(t)
	conn, shared := bus.Connect(), bus.Connect()
	if err := ensureRegistered(t.Context(), conn, shared); err == nil {
		t.Error("there is no error where there is no tray")
	}
	tray := bus.Start(true)
	for range 3 {
		if err := ensureRegistered(t.Context(), conn, shared); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := tray.Items(), shared.Names()[0]+itemPath; len(got) != 1 || got[0] != want {
		t.Errorf("the tray has %q, want %q once", got, want)
	}
}

func TestIsOf(t *testing.T) {
	for item, want := range map[string]bool{
		":1.42/StatusNotifierItem": true, ":1.42@/StatusNotifierItem": true, ":1.42": true,
		":1.421/StatusNotifierItem": false, ":1.4/StatusNotifierItem": false, "org.kde.StatusNotifierItem-1-1": false, "": false,
	} {
		if got := isOf(item, ":1.42"); got != want {
			t.Errorf("%q is of :1.42: %t, want %t", item, got, want)
		}
	}
}

func TestHasCome(t *testing.T) {
	for _, tt := range []struct {
		signal dbus.Signal
		want   bool
	}{
		{dbus.Signal{Name: ownerChanged, Body: []any{watcherName, "", ":1.7"}}, true},
		{dbus.Signal{Name: ownerChanged, Body: []any{watcherName, ":1.6", ":1.7"}}, true},
		{dbus.Signal{Name: ownerChanged, Body: []any{watcherName, ":1.7", ""}}, false},
		{dbus.Signal{Name: ownerChanged, Body: []any{"org.example", "", ":1.7"}}, false},
		{dbus.Signal{Name: ownerChanged, Body: []any{watcherName}}, false},
		{dbus.Signal{Name: "org.freedesktop.DBus.NameAcquired", Body: []any{":1.7"}}, false},
	} {
		if got := hasCome(&tt.signal); got != tt.want {
			t.Errorf("%v: %t, want %t", tt.signal, got, tt.want)
		}
	}
}
