package programs

import (
	"os"
	"path/filepath"
	"strings"
)

// ForgetOld deletes the programs of earlier versions that setup.exe has renamed because they ran, and could
// not end: beam.exe.0.old and the like. What still runs stays for the next time.
func ForgetOld() {
	self, err := os.Executable()
	if err != nil {
		return
	}
	folder := filepath.Dir(self)
	entries, _ := os.ReadDir(folder) // what could be read of it
	for _, e := range entries {
		name, _, old := strings.Cut(e.Name(), suffix+".")
		if old && (name == window || name == service) && strings.HasSuffix(e.Name(), ".old") {
			_ = os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}
