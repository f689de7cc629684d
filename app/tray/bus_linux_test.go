package tray

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

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

// privateBus starts a session bus of our own, where no desktop listens, and makes it the session
// bus of this test and its children.
func privateBus(t *testing.T) {
	t.Helper()
	daemon := exec.Command(need(t, "dbus-daemon"), "--session", "--nofork", "--print-address=1")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("read the bus address: %v", err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
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
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	w := &fakeWatcher{conn: conn, items: make(chan string, 8)}
	if err := conn.Export(w, watcherPath, watcherName); err != nil {
		t.Fatal(err)
	}
	if _, err := prop.Export(conn, watcherPath, prop.Map{
		watcherName: {"IsStatusNotifierHostRegistered": {Value: hasHost}},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(watcherName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestHosted(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	if Hosted(ctx) {
		t.Error("a tray host was found although there is no bus")
	}
	privateBus(t)
	if Hosted(ctx) {
		t.Error("a tray host was found on an empty bus")
	}
	w := startWatcher(t, false)
	if Hosted(ctx) {
		t.Error("a watcher without a host was taken for a tray")
	}
	w.conn.Close()
	startWatcher(t, true)
	if !Hosted(ctx) {
		t.Error("the tray host was not found")
	}
}

func TestHostedGivesUp(t *testing.T) {
	privateBus(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if Hosted(ctx) {
		t.Error("a tray host was found after the end of the context")
	}
}
