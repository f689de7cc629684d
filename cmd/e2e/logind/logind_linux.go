// Package logind gives a test a real systemd-logind on a bus of its own, which nobody else's computer is kept awake by.
// It is imported by tests only.
package logind

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"

	"modelbeam/cmd/e2e/await"
)

// AddressVariable is where programs look for the bus of the system.
const AddressVariable = "DBUS_SYSTEM_BUS_ADDRESS"

// Server is a systemd-logind. It ends with the test.
type Server struct {
	Address string // of the bus that it is on
	t       testing.TB
	end     func() // of the logind that runs
}

// Inhibitor is what somebody has asked of logind; see org.freedesktop.login1(5), "ListInhibitors".
type Inhibitor struct {
	What, Who, Why, Mode string
	UID, PID             uint32
}

// Start starts a bus and a systemd-logind on it. It skips the test where that cannot be: it takes root.
func Start(t testing.TB) *Server {
	t.Helper()
	for _, program := range []string{"dbus-daemon", "unshare", daemon} {
		if _, err := exec.LookPath(program); err != nil {
			lacking(t, program)
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("systemd-logind takes root")
	}
	s := &Server{t: t, Address: Bus(t)}
	s.Restart()
	return s
}

const daemon = "/lib/systemd/systemd-logind"

func lacking(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing; make setup installs it", what)
	}
	t.Skipf("%s is missing; make setup installs it", what)
}

// Bus starts a bus with nobody on it, and returns its address. It ends with the test.
func Bus(t testing.TB) (address string) {
	t.Helper()
	program, err := exec.LookPath("dbus-daemon")
	if err != nil {
		lacking(t, "dbus-daemon")
	}
	dir, err := os.MkdirTemp("", "bus") // short: there is room for 107 bytes in the address of a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	address = "unix:path=" + filepath.Join(dir, "bus")
	cmd := exec.Command(program, "--session", "--nofork", "--nopidfile", "--print-address", "--address="+address)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	run(t, cmd)
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return address
}

// run starts a program that ends with the test, or when end is called.
func run(t testing.TB, cmd *exec.Cmd) (end func()) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	t.Cleanup(end)
	return end
}

// Restart kills logind, if it runs, and starts another one, which knows nothing of the first: it has a /run of its own.
func (s *Server) Restart() {
	s.t.Helper()
	if s.end != nil {
		s.end()
	}
	cmd := exec.Command("unshare", "--mount", "sh", "-c",
		"mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/inhibit /run/systemd/system /run/udev && exec "+daemon)
	cmd.Env = append(os.Environ(), AddressVariable+"="+s.Address)
	s.end = run(s.t, cmd)
	await.True(s.t, "logind is there", func() bool {
		_, err := s.list()
		return err == nil
	})
}

// Inhibitors are what is asked of logind now.
func (s *Server) Inhibitors() []Inhibitor {
	s.t.Helper()
	all, err := s.list()
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *Server) list() (all []Inhibitor, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), await.Limit)
	defer cancel()
	bus, err := dbus.Connect(s.Address, dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer bus.Close()
	err = bus.Object("org.freedesktop.login1", "/org/freedesktop/login1").
		CallWithContext(ctx, "org.freedesktop.login1.Manager.ListInhibitors", 0).Store(&all)
	return all, err
}
