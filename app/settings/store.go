package settings

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"time"

	"modelbeam/app/store"
)

const (
	// gatherTime is the shortest time between two writes: what a person clicks together is on the
	// disk after two of them, however much it is.
	gatherTime = 20 * time.Millisecond
	// retryEvery is how often a read or a write that failed is tried again.
	retryEvery = 10 * time.Second
)

// Store holds the settings of one state folder. Its methods may be called from any goroutine, and
// only Run and Flush wait for the disk.
type Store struct {
	path string
	save func(path string, v any) error
	wake chan struct{} // for Run: there is something to write

	mu      sync.Mutex // guards what follows; never held over the disk
	now     Settings
	edits   int               // how many there were
	written int               // how many of them are on the disk
	failing bool              // the last write did not succeed
	unread  bool              // the file could not be read: nothing may be written over it
	pending []func(*Settings) // what was changed since then, to be done to what the file holds
}

// Open reads the settings of the state folder dir. The Store can always be used: a file that
// makes no sense was set aside, which is a *store.BrokenError, and one that cannot be read now is a
// *store.AccessError and is read again before it is written. Documents are written by save, which is
// store.Save but in tests.
func Open(dir string, save func(path string, v any) error) (*Store, error) {
	s := &Store{path: Path(dir), save: save, wake: make(chan struct{}, 1)}
	var err error
	s.now, s.unread, err = read(s.path)
	return s, err
}

// read returns what the file at path holds, and whether it could not be read.
func read(path string) (s Settings, unread bool, err error) {
	if err = store.Load(path, &s, s.Check); err != nil {
		s = Settings{}
	}
	var broken *store.BrokenError
	unread = err != nil && (!errors.As(err, &broken) || broken.Aside == "")
	if s.ID == "" {
		s.ID = newID()
	}
	if len(s.ServerIDs) > maxServerIDs {
		s.ServerIDs = nil // some servers have another port at every start
	}
	return s, unread, err
}

// Language is the one that the person chose, in the settings of the state folder dir; empty where there are none
// or where they cannot be read. It changes nothing there, as Open may.
func Language(dir string) string {
	var s struct {
		Language string `json:"language"`
	}
	data, err := os.ReadFile(Path(dir))
	if err != nil || json.Unmarshal(data, &s) != nil {
		return ""
	}
	return s.Language
}

func newID() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return hex.EncodeToString(b[:])
}

// Get returns the settings of this moment.
func (s *Store) Get() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Change applies edit, which touches nothing but the settings that it is given: it may be applied
// again to those that the file turns out to hold. Get has the outcome at once, the disk soon after.
func (s *Store) Change(edit func(*Settings)) {
	s.mu.Lock()
	next := s.now.clone()
	edit(&next)
	s.now = next
	s.edits++
	if s.unread {
		s.pending = append(s.pending, edit)
	}
	s.mu.Unlock()
	s.Retry()
}

// Unread says that the file could not be read yet.
func (s *Store) Unread() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unread
}

// Failing says that the settings could not be read or written when that was tried last.
func (s *Store) Failing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unread || s.failing
}

// unsaved says that something is not on the disk yet, or that the file could not be read.
func (s *Store) unsaved() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unread || s.written < s.edits
}

// Retry makes Run write now what is not on the disk.
func (s *Store) Retry() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run writes what is changed until ctx ends, and then what is left. It calls told after every
// attempt, with why that failed, or nil. readNow says that the file could be read for the first time:
// the settings are others than they were.
func (s *Store) Run(ctx context.Context, told func(readNow bool, err error)) {
	again := time.NewTicker(retryEvery)
	defer again.Stop()
	flush := func() {
		if s.unsaved() {
			told(s.Flush())
		}
	}
	defer flush()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-again.C:
		}
		flush()
		select {
		case <-ctx.Done():
		case <-time.After(gatherTime):
		}
	}
}

// Flush writes what is not on the disk, and returns when it is. Settings that could not be read
// before are read first, which readNow says, and what was changed meanwhile is done to them. Only one
// goroutine may call it at a time, which is Run's while that runs.
func (s *Store) Flush() (readNow bool, err error) {
	if readNow, err = s.readAgain(); err != nil {
		return false, err
	}
	s.mu.Lock()
	next, edits := s.now, s.edits
	s.mu.Unlock()
	err = s.save(s.path, next)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing = err != nil; err == nil {
		s.written = edits
	}
	return readNow, err
}

// readAgain reads the settings if they could not be read before, and reports whether it did.
func (s *Store) readAgain() (bool, error) {
	if !s.Unread() {
		return false, nil
	}
	now, unread, err := read(s.path)
	if unread {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, edit := range s.pending {
		edit(&now)
	}
	s.now, s.unread, s.pending = now, false, nil
	return true, nil
}
