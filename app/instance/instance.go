// Package instance makes sure that a state folder serves only one running Modelbeam: two would fight over
// its files and its port.
package instance

import (
	"fmt"
	"path/filepath"

	"github.com/gofrs/flock"

	"modelbeam/app/store"
)

// RunningError says that the folder is in use.
type RunningError struct{ Dir string }

func (e *RunningError) Error() string { return "Modelbeam is already running with the folder " + e.Dir }

// Instance is the right to use a state folder. Close gives it back; so does the end of the
// process, however it ends, because the system drops its file lock.
type Instance struct{ lock *flock.Flock }

// Acquire takes the folder dir, making it if needed. The error is a *RunningError when the folder is taken.
func Acquire(dir string) (*Instance, error) {
	i := &Instance{flock.New(filepath.Join(dir, "instance.lock"), flock.SetPermissions(0o600))}
	if err := store.MakeFolder(dir); err != nil {
		return nil, err
	}
	if err := store.Touch(i.lock.Path()); err != nil {
		return nil, fmt.Errorf("use the state folder: %w", err)
	}
	free, err := i.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the state folder: %w", err)
	}
	if !free {
		return nil, &RunningError{Dir: dir}
	}
	return i, nil
}

// Close gives the folder back. It is called once.
func (i *Instance) Close() error { return i.lock.Unlock() }
