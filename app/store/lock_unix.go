//go:build !windows

package store

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Lock keeps the other processes out that take the lock of the same path. It is free when its process ends, however
// that does. The file stays open between two times, since to open it takes longer than to lock it. Its
// methods are for one goroutine at a time.
type Lock struct {
	path string
	file *os.File    // nil while none is open
	fd   int         // of file, whose Fd would ask the system something each time
	info os.FileInfo // of file, when it was opened
}

// LockAt returns the Lock of a path, where its file may have to be made.
func LockAt(path string) *Lock { return &Lock{path: path} }

// Try takes the lock, if nobody has it, and reports whether it did. A file that somebody has removed meanwhile,
// or put another one in place of, locks nobody out: then it is the one at the path that counts.
func (l *Lock) Try() (bool, error) {
	for range 10 {
		if err := l.open(); err != nil {
			return false, err
		}
		switch err := flock(l.fd, unix.LOCK_EX|unix.LOCK_NB); {
		case errors.Is(err, unix.EWOULDBLOCK):
			return false, nil
		case err != nil:
			l.close()
			return false, fmt.Errorf("lock %s: %w", l.path, err)
		}
		if now, err := os.Stat(l.path); err == nil && os.SameFile(now, l.info) {
			return true, nil
		}
		l.close() // which frees it too
	}
	return false, fmt.Errorf("lock %s: the file is removed again and again", l.path)
}

// Release frees the lock for others.
func (l *Lock) Release() {
	if flock(l.fd, unix.LOCK_UN) != nil {
		l.close()
	}
}

func (l *Lock) open() error {
	if l.file != nil {
		return nil
	}
	// Over NFS only who may write can lock (flock(2)).
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.file, l.fd, l.info = f, int(f.Fd()), info
	return nil
}

func (l *Lock) close() {
	_ = l.file.Close()
	l.file = nil
}

func flock(fd, how int) error {
	for {
		if err := unix.Flock(fd, how); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
