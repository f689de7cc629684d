package store

import "github.com/gofrs/flock"

// Lock keeps the other processes out that take the lock of the same path. It is free when its process ends, however
// that does. Its methods are for one goroutine at a time.
type Lock struct{ file *flock.Flock }

// LockAt returns the Lock of a path, where its file may have to be made.
func LockAt(path string) *Lock { return &Lock{flock.New(path, flock.SetPermissions(0o600))} }

// Try takes the lock, if nobody has it, and reports whether it did.
func (l *Lock) Try() (bool, error) { return l.file.TryLock() }

// Release frees the lock for others.
func (l *Lock) Release() { _ = l.file.Unlock() }
