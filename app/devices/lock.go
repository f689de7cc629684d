package devices

import (
	"fmt"
	"path/filepath"
	"time"

	"modelbeam/app/store"
)

const (
	// lockPatience is how long a process waits for another one that edits the files.
	lockPatience = 5 * time.Second
	// lockEvery is how often it tries: no system tells within a time when a lock is free.
	lockEvery = 10 * time.Millisecond
	// lockShare is how long a process may keep the others out in all before it gives way, for a tenth of
	// that time: on a busy machine they try late. Where the disk is slow and guests are there, it would never.
	lockShare = 500 * time.Millisecond
)

// fileLock keeps other processes out while this one edits the files. Whoever has the Store's turn uses it.
type fileLock struct {
	*store.Lock
	path string
	kept time.Duration // how long others were kept out, since they could try
}

func lockBeside(path string) *fileLock {
	path += ".lock"
	return &fileLock{Lock: store.LockAt(path), path: path}
}

// wait makes what the lock needs, and waits until it is free.
func (l *fileLock) wait() error {
	if err := store.MakeFolder(filepath.Dir(l.path)); err != nil {
		return err
	}
	if err := store.Touch(l.path); err != nil {
		return fmt.Errorf("lock %s: %w", l.path, err)
	}
	late := time.Now().Add(lockPatience)
	for {
		switch free, err := l.Try(); {
		case err != nil || free:
			return err
		case time.Now().After(late):
			return fmt.Errorf("lock %s: another process has it", l.path)
		}
		time.Sleep(lockEvery)
	}
}

// take returns when no other process edits the files, and keeps them out until release is called.
func (l *fileLock) take() (release func(), err error) {
	if l.kept >= lockShare {
		time.Sleep(l.kept / 10)
		l.kept = 0
	}
	if free, err := l.Try(); err != nil || !free {
		if err := l.wait(); err != nil {
			return nil, err
		}
	}
	began := time.Now()
	return func() {
		l.Release()
		if kept := time.Since(began); kept >= lockEvery { // shorter ones leave gaps enough
			l.kept += kept
		}
	}, nil
}
