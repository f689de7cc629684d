package control

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/windows"
)

// scratch is a file that is gone when everybody who has it open has closed it. Windows removes no file that a
// program has open, as the service has this one for as long as it runs: so it is told to do so then.
func scratch() (*os.File, error) {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("modelbeam-%d-%x.txt", os.Getpid(), time.Now().UnixNano()))
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	h, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE|windows.DELETE, share, nil,
		windows.CREATE_NEW, windows.FILE_ATTRIBUTE_TEMPORARY|windows.FILE_FLAG_DELETE_ON_CLOSE, 0)
	if err != nil {
		return nil, &os.PathError{Op: "create", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}
