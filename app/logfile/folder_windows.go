package logfile

import (
	"os"
	"path/filepath"
)

// systemFolder is in %LOCALAPPDATA%, which does not wander to other computers with the user.
func systemFolder() (string, error) {
	local, err := os.UserCacheDir()
	return filepath.Join(local, "Modelbeam", "Logs"), err
}
