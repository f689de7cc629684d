package e2e

import (
	"context"
	"os/exec"
	"syscall"
	"testing"

	"modelbeam/discovery/netnstest"
)

// machine is a computer on a test's network: a network namespace, or the one that the tests
// run on.
type machine struct{ ns *netnstest.Namespace }

var thisMachine = &machine{}

// command is a program on the machine, ready to be started.
func (m *machine) command(program string, args ...string) *exec.Cmd {
	if m.ns == nil {
		return exec.Command(program, args...)
	}
	return m.ns.Command(context.Background(), program, args...)
}

// adopt makes a command that was prepared for this machine one of m, and lets it end with the
// tests.
func (m *machine) adopt(cmd *exec.Cmd) {
	moved := m.command(cmd.Path, cmd.Args[1:]...)
	cmd.Path, cmd.Args = moved.Path, moved.Args
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// The addresses in the home that newHome builds.
const (
	laptopAddress    = "192.168.7.20"
	phoneAddress     = "192.168.7.30"
	containerAddress = "172.17.0.1" // the laptop's, where no phone can reach it
)

// newHome builds a home network: a laptop and a phone on the same Wi-Fi. The laptop also has
// an interface like Docker's, with an address that is of no use to a phone.
func newHome(t *testing.T) (laptop, phone *machine) {
	t.Helper()
	netnstest.Require(t)
	laptop, phone = &machine{netnstest.New(t)}, &machine{netnstest.New(t)}
	container := netnstest.New(t)
	laptop.ns.Link("docker0", containerAddress+"/16", container, "eth0", "172.17.0.2/16")
	laptop.ns.Link("wlan0", laptopAddress+"/24", phone.ns, "wlan0", phoneAddress+"/24")
	return laptop, phone
}
