package homelab

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// Bind lets programs on the machine see a file or a folder of this machine's in the place of another.
func (m *Machine) Bind(there, here string) { m.binds = append(m.binds, here+" "+there) }

// Environ adds to the environment of programs on the machine.
func (m *Machine) Environ(pairs ...string) { m.env = append(m.env, pairs...) }

// Command is a program that root runs on the machine, ready to be started. When ctx ends it is killed.
func (m *Machine) Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	// "ip netns exec" gives the program a view of the file system of its own, so that nobody else sees what
	// is put into it here.
	script := "exec \"$@\""
	for i := len(m.binds) - 1; i >= 0; i-- {
		script = "mount --bind " + m.binds[i] + " && " + script
	}
	all := append([]string{"netns", "exec", m.Name, "sh", "-c", script, "sh", program}, args...)
	cmd := exec.CommandContext(ctx, "ip", all...)
	// There is no message bus but one that the test has made.
	cmd.Env = append(append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent"), m.env...)
	cmd.WaitDelay = 5 * time.Second // a grandchild that holds the output open must not keep Wait from returning
	return cmd
}

// AsPerson is Command for a person who has no rights but those that everybody has.
func (m *Machine) AsPerson(ctx context.Context, program string, args ...string) *exec.Cmd {
	id := strconv.Itoa(nobody)
	// A change of user makes the kernel forget that the program is to end with us.
	drop := []string{"--pdeathsig=KILL", "--reuid=" + id, "--regid=" + id, "--clear-groups", "--no-new-privs", program}
	return m.Command(ctx, "setpriv", append(drop, args...)...)
}

// nobody is the user and the group of a person.
const nobody = 65534

// Folder makes a folder that belongs to the person of AsPerson. It is removed when the test ends.
func (m *Machine) Folder() string {
	m.t.Helper()
	dir, err := os.MkdirTemp("", "homelab-")
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chown(dir, nobody, nobody); err != nil {
		m.t.Fatal(err)
	}
	return dir
}

// Run runs a program on the machine, as root, to its end.
func (m *Machine) Run(program string, args ...string) {
	m.t.Helper()
	m.must(m.Command(m.t.Context(), program, args...))
}

// must runs a program to its end.
func (m *Machine) must(cmd *exec.Cmd) {
	m.t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("%v on %s: %v\n%s", cmd.Args, m.Name, err, out)
	}
}

// run starts a program that ends with the test.
func (m *Machine) run(cmd *exec.Cmd) {
	m.t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}
