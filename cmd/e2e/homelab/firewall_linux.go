package homelab

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// UFW switches ufw(8) on, on the machine alone, and runs more of its commands: "allow 8717/tcp".
func (m *Machine) UFW(commands ...string) {
	m.t.Helper()
	m.ownFolder("/etc/ufw")
	for _, line := range append([]string{"--force enable"}, commands...) {
		m.UFWCommand(line)
	}
}

// UFWCommand runs one more command on a machine of UFW.
func (m *Machine) UFWCommand(line string) {
	m.t.Helper()
	// Its lock belongs below /run, which is this machine's.
	all := append([]string{"-c", `mount -t tmpfs tmpfs /run && exec ufw "$@"`, "sh"}, strings.Fields(line)...)
	m.must(m.Command(m.t.Context(), "sh", all...))
}

// ownFolder gives programs on the machine a copy of a folder that they may change.
func (m *Machine) ownFolder(path string) {
	m.t.Helper()
	copied := filepath.Join(m.Folder(), filepath.Base(path))
	m.must(exec.Command("cp", "-a", path, copied))
	// Other people may enter the folder, as they may enter the real one.
	if err := os.Chmod(filepath.Dir(copied), 0o755); err != nil {
		m.t.Fatal(err)
	}
	m.Bind(path, copied)
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
