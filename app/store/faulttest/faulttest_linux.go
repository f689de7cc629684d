// Package faulttest makes the system refuse files, for tests of what may not get lost then. What
// it does to this process it does to all of it, so tests that use it are not parallel.
package faulttest

import (
	"errors"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// Fault makes reading files fail until lift is called.
type Fault struct {
	Name string
	Err  error // what a read fails with
	Set  func(t *testing.T, paths ...string) (lift func())
}

// All are the faults that a system has for a file that is as good as ever.
var All = []Fault{
	{"too many open files", unix.EMFILE, tooManyFiles},
	{"permission denied", unix.EACCES, denied},
	{"input/output error", unix.EIO, brokenDisk},
}

// tooManyFiles lets this process open nothing.
func tooManyFiles(t *testing.T, _ ...string) func() {
	t.Helper()
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
			t.Error(err)
		}
	}
}

// denied takes the files' rights away. Root may read them all the same, so the goroutine's thread
// becomes somebody else to the file system (setfsuid(2)).
func denied(t *testing.T, paths ...string) func() {
	t.Helper()
	mode := func(mode os.FileMode) {
		for _, path := range paths {
			if err := os.Chmod(path, mode); err != nil {
				t.Error(err)
			}
		}
	}
	mode(0)
	root := os.Geteuid() == 0
	if root {
		runtime.LockOSThread()
		_ = unix.Setfsuid(65534)
	}
	return func() {
		if root {
			_ = unix.Setfsuid(0)
			runtime.UnlockOSThread()
		}
		mode(0o600)
	}
}

// brokenDisk puts files in the place of paths that open and cannot be read: the first page of
// this process's memory is never mapped (proc_pid_mem(5)).
func brokenDisk(t *testing.T, paths ...string) func() {
	t.Helper()
	for _, path := range paths {
		if err := errors.Join(os.Rename(path, path+".good"), os.Symlink("/proc/self/mem", path)); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		for _, path := range paths {
			if err := os.Rename(path+".good", path); err != nil {
				t.Error(err)
			}
		}
	}
}
