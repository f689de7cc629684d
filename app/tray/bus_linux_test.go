package tray

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// need skips the test where a program is missing on a person's machine, but not in CI.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", program)
		}
		t.Skipf("%s is not installed", program)
	}
	return path
}

// testBus is a session bus of our own, where no desktop listens.
type testBus struct {
	address string
	daemon  *exec.Cmd
}

// privateBus starts a bus, and makes it the session bus of this test and its children.
func privateBus(t *testing.T) *testBus {
	t.Helper()
	b := &testBus{address: "unix:path=" + t.TempDir() + "/bus"}
	b.start(t)
	t.Cleanup(b.stop)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", b.address)
	return b
}

func (b *testBus) start(t *testing.T) {
	t.Helper()
	b.daemon = exec.Command(need(t, "dbus-daemon"), "--session", "--nofork", "--address="+b.address, "--print-address=1")
	out, err := b.daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.daemon.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the bus does not start: %v", err)
	}
}

// stop ends the bus, as a crash would.
func (b *testBus) stop() {
	_ = b.daemon.Process.Kill()
	_ = b.daemon.Wait()
}

// session is a connection of the test's own, as that of a desktop.
func session(t *testing.T) *dbus.Conn {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// fakeWatcher is the tray of a desktop, as seen over D-Bus.
type fakeWatcher struct {
	conn  *dbus.Conn
	items chan string // the bus names of the icons that registered
}

// RegisterStatusNotifierItem is called over D-Bus by every icon. It says either its bus name or
// its object path, and then the sender is the name.
func (w *fakeWatcher) RegisterStatusNotifierItem(sender dbus.Sender, service string) *dbus.Error {
	if strings.HasPrefix(service, "/") {
		service = string(sender)
	}
	w.items <- service
	return nil
}

func startWatcher(t *testing.T, hasHost bool) *fakeWatcher {
	t.Helper()
	w := &fakeWatcher{conn: session(t), items: make(chan string, 8)}
	if err := w.conn.Export(w, watcherPath, watcherName); err != nil {
		t.Fatal(err)
	}
	if _, err := prop.Export(w.conn, watcherPath, prop.Map{
		watcherName: {"IsStatusNotifierHostRegistered": {Value: hasHost}},
	}); err != nil {
		t.Fatal(err)
	}
	w.own(t)
	return w
}

// own makes this the desktop's tray; disown ends that, as when GNOME's extension is switched off.
func (w *fakeWatcher) own(t *testing.T) {
	t.Helper()
	if _, err := w.conn.RequestName(watcherName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}

func (w *fakeWatcher) disown(t *testing.T) {
	t.Helper()
	if _, err := w.conn.ReleaseName(watcherName); err != nil {
		t.Fatal(err)
	}
}

// fakeDesktop shows notifications.
type fakeDesktop struct{ said chan string }

// Notify is called over D-Bus.
func (d fakeDesktop) Notify(app string, _ uint32, icon, title, text string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	d.said <- strings.Join([]string{app, icon, title, text}, "/")
	return 1, nil
}

func startDesktop(t *testing.T) fakeDesktop {
	t.Helper()
	const name = "org.freedesktop.Notifications"
	d, conn := fakeDesktop{make(chan string, 8)}, session(t)
	if err := conn.Export(d, "/org/freedesktop/Notifications", name); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return d
}
