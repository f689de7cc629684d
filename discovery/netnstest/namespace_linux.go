package netnstest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// counter makes names unique inside this process; the process id does it between processes.
var counter atomic.Int64

// Namespace is a network namespace that lives as long as the test that made it. Its methods end
// the test when something cannot be set up; like t.Fatal they belong in the test's goroutine.
type Namespace struct {
	Name string // as ip-netns(8) knows it

	t testing.TB
}

// Require skips the test, saying why, where it cannot have namespaces: without root, or without
// one of the programs. With CI=true in the environment the test fails instead, so that nobody
// mistakes a machine where nothing ran for one where everything passed.
func Require(t testing.TB, programs ...string) {
	t.Helper()
	giveUp := t.Skipf
	if os.Getenv("CI") == "true" {
		giveUp = t.Fatalf
	}
	if os.Geteuid() != 0 {
		giveUp("network namespaces need root")
	}
	for _, program := range append([]string{"ip"}, programs...) {
		if _, err := exec.LookPath(program); err != nil {
			giveUp("network namespaces need %s: %v", program, err)
		}
	}
}

// New makes an empty namespace with its loopback interface up. It is removed, and with it its
// ends of all cables, when the test ends.
func New(t testing.TB) *Namespace {
	t.Helper()
	n := &Namespace{Name: unique("mb"), t: t}
	n.ip("netns", "add", n.Name)
	t.Cleanup(func() { n.ip("netns", "del", n.Name) })
	n.IP("link", "set", "lo", "up")
	return n
}

// Link lays a virtual cable between two namespaces. Each end has the interface name and the
// address, with its prefix length, that is given for it. What is sent from then on arrives.
func (n *Namespace) Link(name, addr string, other *Namespace, otherName, otherAddr string) {
	n.t.Helper()
	// Both ends are born inside their namespaces, so that they never clash with a real interface
	// of the machine.
	n.IP("link", "add", name, "type", "veth", "peer", "name", otherName, "netns", other.Name)
	n.raise(name, addr)
	other.raise(otherName, otherAddr)
	n.AwaitLink(name)
	other.AwaitLink(otherName)
}

// Bridge joins interfaces of the namespace to one network, on which it has an address of its own:
// the namespace is a switch with a computer in it, such as a Wi-Fi router.
func (n *Namespace) Bridge(name, addr string, ports ...string) {
	n.t.Helper()
	// Without snooping multicast goes everywhere, as it does at home.
	n.IP("link", "add", name, "type", "bridge", "mcast_snooping", "0")
	for _, port := range ports {
		n.IP("addr", "flush", "dev", port)
		n.IP("link", "set", port, "master", name)
	}
	n.raise(name, addr)
	for _, port := range append(ports, name) {
		n.AwaitLink(port)
	}
}

// Isolate keeps what is behind some ports of a bridge from what is behind the others of them, as an access point does
// for guests; see "isolated" in bridge(8). What is behind other ports, and the bridge itself, they still reach.
func (n *Namespace) Isolate(ports ...string) {
	n.t.Helper()
	for _, port := range ports {
		n.IP("link", "set", port, "type", "bridge_slave", "isolated", "on")
	}
}

// AwaitLink waits until an interface that was switched on sends and, in a bridge, passes on what it gets. The kernel
// sees to that later, a second at the most (linkwatch_schedule_work in net/core/link_watch.c): until then it
// loses what is sent.
func (n *Namespace) AwaitLink(name string) {
	n.t.Helper()
	wait(n.t, name+" in "+n.Name+" to carry", func() bool {
		out, err := exec.Command("ip", "-n", n.Name, "-d", "link", "show", "dev", name).Output()
		about := string(out)
		inBridge := strings.Contains(about, "bridge_slave")
		return err == nil && strings.Contains(about, " state UP ") && (!inBridge || strings.Contains(about, "bridge_slave state forwarding"))
	})
}

// raise gives one end its address and switches it on.
func (n *Namespace) raise(name, addr string) {
	n.t.Helper()
	n.IP("addr", "add", addr, "dev", name)
	n.IP("link", "set", name, "up")
}

// IP runs ip(8) inside the namespace.
func (n *Namespace) IP(args ...string) {
	n.t.Helper()
	n.ip(append([]string{"-n", n.Name}, args...)...)
}

func (n *Namespace) ip(args ...string) {
	n.t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		n.t.Fatalf("ip %v: %v\n%s", args, err, out)
	}
}

// Command is a program inside the namespace, ready to be started. When ctx ends the program is
// killed. It inherits the environment.
func (n *Namespace) Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", n.Name, program}, args...)...)
	// A grandchild that holds the output open must not keep Wait from returning.
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// Self is the running test binary once more, inside the namespace, with only the named test in
// it and env added to its environment. This is how Go code gets to run in the namespace: moving
// single threads of a Go program between namespaces is not safe.
func (n *Namespace) Self(ctx context.Context, test string, env ...string) *exec.Cmd {
	cmd := n.Command(ctx, os.Args[0], "-test.run=^"+test+"$", "-test.v")
	cmd.Env = append(os.Environ(), atOnce)
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// atOnce has a program with the race detector end when it ends, and not a second later.
const atOnce = "GORACE=atexit_sleep_ms=0"

// start runs cmd in the background until the test ends.
func (n *Namespace) start(cmd *exec.Cmd) {
	n.t.Helper()
	if err := cmd.Start(); err != nil {
		n.t.Fatalf("start %v: %v", cmd.Args, err)
	}
	n.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

func unique(prefix string) string {
	return fmt.Sprintf("%s-%d-%d", prefix, os.Getpid(), counter.Add(1))
}
