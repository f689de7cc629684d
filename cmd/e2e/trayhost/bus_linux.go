// Package trayhost gives a test the tray of a Linux desktop, on a session bus of its own that no real desktop
// listens to: https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/. It is imported by tests only.
package trayhost

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
)

// AddressVariable is where programs look for the bus of the session.
const AddressVariable = "DBUS_SESSION_BUS_ADDRESS"

// Bus is a session bus. It ends with the test.
type Bus struct {
	Address string
	t       testing.TB
	daemon  *exec.Cmd
}

// StartBus starts a bus with nobody on it. It skips the test where there is none, but not in CI.
func StartBus(t testing.TB) *Bus {
	t.Helper()
	dir, err := os.MkdirTemp("", "bus") // short: there is room for 107 bytes in the address of a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	b := &Bus{Address: "unix:path=" + filepath.Join(dir, "bus"), t: t}
	b.Restart()
	t.Cleanup(b.Crash)
	return b
}

// Restart starts the bus again where it was before Crash.
func (b *Bus) Restart() {
	b.t.Helper()
	const program = "dbus-daemon"
	path, err := exec.LookPath(program)
	if err != nil && os.Getenv("CI") != "true" {
		b.t.Skipf("%s is missing; make setup installs it", program)
	}
	if err != nil {
		b.t.Fatalf("%s is missing; make setup installs it", program)
	}
	b.daemon = exec.Command(path, "--session", "--nofork", "--nopidfile", "--print-address", "--address="+b.Address)
	b.daemon.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := b.daemon.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.daemon.Start(); err != nil {
		b.t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		b.t.Fatalf("the bus does not start: %v", err)
	}
}

// Crash ends the bus, and all connections to it.
func (b *Bus) Crash() {
	_ = b.daemon.Process.Kill()
	_ = b.daemon.Wait()
}

// Hang stops the bus: it takes what it is sent, and answers nothing any more.
func (b *Bus) Hang() {
	b.t.Helper()
	if err := b.daemon.Process.Signal(syscall.SIGSTOP); err != nil {
		b.t.Fatal(err)
	}
}

// Connect is a connection of the test's own.
func (b *Bus) Connect() *dbus.Conn {
	b.t.Helper()
	conn, err := dbus.Connect(b.Address)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { conn.Close() })
	return conn
}

// own gives a connection the name by which others find it.
func own(t testing.TB, conn *dbus.Conn, name string) {
	t.Helper()
	if _, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}
