package devices

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"modelbeam/app/store"
)

const (
	// lockPatience is how long a process waits for another one that edits the files.
	lockPatience = 5 * time.Second
	// lockEvery is how often it tries: no system tells within a time when a lock is free.
	lockEvery = 10 * time.Millisecond
	// lockShare is how long a process may keep the others out in all before it gives way for as long
	// as they need to try. Where the disk is slow and guests are there, it would never.
	lockShare = 500 * time.Millisecond
)

// fileLock keeps other processes out while this one edits the files. Whoever has the Store's turn uses it.
type fileLock struct {
	*flock.Flock
	kept time.Duration // how long others were kept out, since they could try
}

func lockBeside(path string) *fileLock {
	return &fileLock{Flock: flock.New(path+".lock", flock.SetPermissions(0o600))}
}

// wait makes what the lock needs, and waits until it is free.
func (l *fileLock) wait() error {
	if err := store.MakeFolder(filepath.Dir(l.Path())); err != nil {
		return err
	}
	if err := store.Touch(l.Path()); err != nil {
		return fmt.Errorf("lock %s: %w", l.Path(), err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	if _, err := l.TryLockContext(ctx, lockEvery); err != nil {
		return fmt.Errorf("lock %s: %w", l.Path(), err)
	}
	return nil
}

// take returns when no other process edits the files, and keeps them out until release is called.
func (l *fileLock) take() (release func(), err error) {
	if l.kept >= lockShare {
		time.Sleep(2 * lockEvery)
		l.kept = 0
	}
	if free, err := l.TryLock(); err != nil || !free {
		if err := l.wait(); err != nil {
			return nil, err
		}
	}
	began := time.Now()
	return func() {
		_ = l.Unlock()
		if kept := time.Since(began); kept >= lockEvery { // shorter ones leave gaps enough
			l.kept += kept
		}
	}, nil
}
