//go:build !windows

package store

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// noFollow makes opening a link fail.
const noFollow = syscall.O_NOFOLLOW

// openFilesAreReplaced says that a file can be removed, and another one put in its place, while somebody has it open.
const openFilesAreReplaced = true

// syncDir makes the rename itself durable (fsync(2): "Calling fsync() does not necessarily
// ensure that the entry in the directory containing the file has also reached disk").
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// stranger is the name of the user who owns what is at path, when that is not the one of this
// process; "" otherwise, and when it cannot be told.
func stranger(path string) string {
	uid, _, err := ownerOf(path)
	if err != nil || uid == os.Geteuid() {
		return ""
	}
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(uid)
}

// giveToFolder gives a new file or folder that root has made to the owner of the folder it is in:
// one command run with sudo would otherwise leave a list of phones that its person cannot read.
func giveToFolder(f *os.File) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, err := ownerOf(filepath.Dir(f.Name()))
	if err != nil || uid == 0 {
		return err
	}
	return f.Chown(uid, gid)
}

func ownerOf(path string) (uid, gid int, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, errors.ErrUnsupported
	}
	return int(stat.Uid), int(stat.Gid), nil
}
