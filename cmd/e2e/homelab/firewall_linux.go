package homelab

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
