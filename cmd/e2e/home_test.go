package e2e

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"modelbeam/discovery/netnstest"
)

// machine is a computer on a test's network: a network namespace, or the one that the tests
// run on.
type machine struct {
	ns    *netnstest.Namespace
	avahi int // the process ID of an avahi that programs on the machine can ask; 0: none
}

var thisMachine = &machine{}

// command is a program on the machine, ready to be started.
func (m *machine) command(program string, args ...string) *exec.Cmd {
	if m.ns == nil {
		return exec.Command(program, args...)
	}
	if m.avahi > 0 {
		enter := []string{"--target", strconv.Itoa(m.avahi), "--net", "--mount", program}
		return exec.Command("nsenter", append(enter, args...)...)
	}
	return m.ns.Command(context.Background(), program, args...)
}

// besideAvahi is the same machine with programs that resolve names ending in .local, through its
// avahi: they see the folder in which its socket is.
func (m *machine) besideAvahi(t *testing.T) *machine {
	t.Helper()
	if text, err := os.ReadFile("/etc/nsswitch.conf"); err != nil || !strings.Contains(string(text), "mdns4_minimal") {
		missing(t, "libnss-mdns")
	}
	out, err := exec.Command("ip", "netns", "pids", m.ns.Name).Output()
	if err != nil {
		t.Fatal(err)
	}
	for pid := range strings.FieldsSeq(string(out)) {
		if name, _ := os.ReadFile("/proc/" + pid + "/comm"); strings.TrimSpace(string(name)) == "avahi-daemon" {
			n, err := strconv.Atoi(pid)
			if err != nil {
				t.Fatal(err)
			}
			return &machine{m.ns, n}
		}
	}
	t.Fatal("no avahi runs on the machine")
	return nil
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
	laptop, phone = &machine{ns: netnstest.New(t)}, &machine{ns: netnstest.New(t)}
	container := netnstest.New(t)
	laptop.ns.Link("docker0", containerAddress+"/16", container, "eth0", "172.17.0.2/16")
	laptop.ns.Link("wlan0", laptopAddress+"/24", phone.ns, "wlan0", phoneAddress+"/24")
	return laptop, phone
}
