package body

import (
	"os"

	"golang.org/x/sys/unix"
)

// createUnlinked makes a file that never had a name, where the file system can do that; see O_TMPFILE in open(2).
func createUnlinked() (*os.File, error) {
	return os.OpenFile(os.TempDir(), os.O_RDWR|unix.O_TMPFILE, 0o600)
}
