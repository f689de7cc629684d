//go:build unix

package body

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// createNameless makes a temporary file that is gone when it is closed, or this process is.
func createNameless() (*os.File, error) {
	if f, err := createUnlinked(); err == nil {
		return f, nil
	}
	// A kill between the two calls leaves the file, which the next start sweeps.
	f, err := os.CreateTemp("", filePrefix)
	if err != nil {
		return nil, fmt.Errorf("make temporary file: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) { // or another one has swept
		f.Close()
		return nil, fmt.Errorf("hide temporary file: %w", err)
	}
	return f, nil
}

func isOurs(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}

// isInUse is about other systems: here a file can be removed while it is open.
func isInUse(error) bool { return false }
