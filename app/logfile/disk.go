package logfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"modelbeam/app/store"
)

// maxSize is how long a file grows before it becomes the older one, in bytes.
const maxSize = 1 << 20

// disk is the file as it is on the disk. It is for one goroutine, which may hang in it.
type disk struct {
	path    string
	crashes bool     // the file takes what a panic says
	now     *os.File // the one that was written last, or nil
	torn    bool     // the last piece was cut short
}

// write appends text to the file that has the name now.
func (d *disk) write(text []byte) error {
	size, err := d.reach()
	if err != nil {
		return err
	}
	if size > 0 && size+int64(len(text)) > maxSize {
		if err := d.rotate(); err != nil {
			return err
		}
	}
	if d.torn {
		text = append([]byte{'\n'}, text...)
	}
	n, err := d.now.Write(text)
	if n > 0 {
		d.torn = n < len(text)
	}
	return err
}

// reach sees to it that now is what the name stands for, and returns its size in bytes.
func (d *disk) reach() (int64, error) {
	if d.now != nil {
		there, err := os.Lstat(d.path)
		ours, failed := d.now.Stat()
		if err == nil && failed == nil && os.SameFile(there, ours) {
			return ours.Size(), nil
		}
		d.leave()
	}
	if err := d.enter(); err != nil {
		return 0, err
	}
	info, err := d.now.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// enter opens the file, and makes it and its folder when they are not there.
func (d *disk) enter() error {
	if err := store.MakeFolder(filepath.Dir(d.path)); err != nil {
		return err
	}
	file, err := d.open()
	if err != nil {
		return err
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.Join(err, fmt.Errorf("log to %s: this is not a file", d.path), file.Close())
	}
	d.private(file)
	d.now, d.torn = file, false
	if d.crashes {
		return debug.SetCrashOutput(file, debug.CrashOptions{})
	}
	return nil
}

// open makes the file when it is not there, and opens it. Another process may take the name away between
// the two, as its own file grows too long; that it does so each time is not for a loop to wait out.
func (d *disk) open() (file *os.File, err error) {
	for range 10 {
		if err = store.Touch(d.path); err != nil {
			return nil, err
		}
		if file, err = open(d.path); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return file, err
}

// leave closes the file. Windows renames none that is open, so that the crash output goes too.
func (d *disk) leave() {
	if d.now == nil {
		return
	}
	if d.crashes {
		_ = debug.SetCrashOutput(nil, debug.CrashOptions{}) // nil never fails
	}
	_ = d.now.Close() // nothing is kept back that could fail now
	d.now = nil
}

// rotate makes the file the older one and opens a new one. Where that cannot be done, as when on Windows
// another process has it open, the file begins again: the bound holds whatever happens. That another process
// has just done it is no such case: what is there then is new.
func (d *disk) rotate() error {
	d.leave()
	failed := os.Rename(d.path, d.old())
	if err := d.enter(); err != nil {
		return err
	}
	if failed != nil && !errors.Is(failed, fs.ErrNotExist) {
		return d.now.Truncate(0)
	}
	return nil
}

func (d *disk) old() string {
	return strings.TrimSuffix(d.path, ".log") + ".old.log"
}

// private takes the rights of others away from the file and its folder, as far as this user may.
func (d *disk) private(file *os.File) {
	if info, err := file.Stat(); err == nil && info.Mode().Perm()&0o077 != 0 {
		_ = file.Chmod(0o600)
	}
	folder := filepath.Dir(d.path)
	if info, err := os.Stat(folder); err == nil && info.Mode().Perm()&0o077 != 0 {
		_ = os.Chmod(folder, 0o700)
	}
}
