package store

import (
	"os"
	"path/filepath"
	"testing"
)

// take tries to take a lock, and fails unless that comes out as wanted.
func take(t *testing.T, l *Lock, want bool) {
	t.Helper()
	if got, err := l.Try(); got != want || err != nil {
		t.Errorf("taken: %v, want %v, %v", got, want, err)
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	one, other := LockAt(path), LockAt(path)
	for range 3 { // the file of each stays open
		take(t, one, true)
		take(t, other, false)
		one.Release()
		take(t, other, true)
		take(t, one, false)
		other.Release()
	}
	if _, err := LockAt(filepath.Join(t.TempDir(), "missing", "lock")).Try(); err == nil {
		t.Error("a lock in a folder that is not there was taken")
	}
}

// TestLockIsRemoved: a file that is not at the path any more locks nobody out.
func TestLockIsRemoved(t *testing.T) {
	if !openFilesAreReplaced {
		t.Skip("here nobody can remove a file that is open")
	}
	path := filepath.Join(t.TempDir(), "lock")
	one, other := LockAt(path), LockAt(path)
	take(t, one, true)
	one.Release()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	take(t, other, true)
	take(t, one, false)
	other.Release()
	take(t, one, true)
	one.Release()
}
