// Package machine tells what this computer has: memory, and room on its disks. Nothing of it is kept, and all
// functions may be called from any goroutine. Free asks the disk, and so may wait where that does not answer.
package machine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Memory is how many bytes of RAM this computer has; 0 where the system does not tell.
func Memory() int64 { return memory() }

// Free is how many bytes this user may still write where path is or would be, as a folder that is not there yet will
// be on the disk of the nearest one above it that is.
func Free(path string) (int64, error) {
	for {
		_, err := os.Stat(path)
		if err == nil {
			return free(path)
		}
		above := filepath.Dir(path)
		if !errors.Is(err, fs.ErrNotExist) || above == path {
			return 0, err
		}
		path = above
	}
}
