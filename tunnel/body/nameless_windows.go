package body

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// createNameless makes a temporary file that is gone when it is closed, or this process is. Windows
// keeps the name so long, but opens the file for nobody else.
func createNameless() (*os.File, error) {
	f, err := os.CreateTemp("", filePrefix)
	if err != nil {
		return nil, fmt.Errorf("make temporary file: %w", err)
	}
	name := f.Name()
	f.Close()
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return nil, fmt.Errorf("name temporary file: %w", err)
	}
	const flags = windows.FILE_ATTRIBUTE_TEMPORARY | windows.FILE_FLAG_DELETE_ON_CLOSE
	h, err := windows.CreateFile(path, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.OPEN_EXISTING, flags, 0)
	if err != nil {
		os.Remove(name)
		return nil, fmt.Errorf("open temporary file: %w", err)
	}
	return os.NewFile(uintptr(h), name), nil
}

// isOurs is true of everything in the temporary folder, which is the user's own.
func isOurs(fs.FileInfo) bool { return true }

// isInUse reports whether a file could not be removed because somebody has it open.
func isInUse(err error) bool { return errors.Is(err, windows.ERROR_SHARING_VIOLATION) }
