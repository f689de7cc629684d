package logfile

import (
	"os"
	"path/filepath"
)

// systemFolder is for "actions history (logs, history, ...)" by the XDG Base Directory Specification, which
// ignores paths that are not absolute.
func systemFolder() (string, error) {
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "modelbeam"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state", "modelbeam"), err
}
