package store

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncData is Sync without what nobody needs to read the file again, such as when it was changed
// (fdatasync(2)).
func syncData(f *os.File) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	failed := conn.Control(func(fd uintptr) {
		for err = unix.EINTR; errors.Is(err, unix.EINTR); {
			err = unix.Fdatasync(int(fd))
		}
	})
	return errors.Join(failed, err)
}
