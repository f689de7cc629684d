package logfile

import (
	"os"
	"path/filepath"
)

// systemFolder is where Console.app looks for the logs of a user's programs.
func systemFolder() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, "Library", "Logs", "Modelbeam"), err
}
