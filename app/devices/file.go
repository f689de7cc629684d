package devices

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"modelbeam/app/store"
)

// change makes a new list of one, which it must leave as it is, and tells which device it is about. It
// is called again with a newer list, at any time and by any goroutine, until it is written: it keeps
// what it needs and writes nothing down.
type change func([]Device) (list []Device, about Device, err error)

// edit applies c to the newest list and saves the result. Where that cannot be saved or the newest
// list cannot be read, this process goes on with it all the same (a phone that a person sees pair
// must work) and the error tells why. It is then written later, on top of what other processes have
// written by then: by the next edit, and by Watch. The device is zero where c does not apply.
func (s *Store) edit(c change) (Device, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	about, applied, err := s.commit(c)
	if applied && err != nil {
		s.pending = append(s.pending, c)
	}
	return about, err
}

// commit writes the list as c makes it, or as it is when c is nil. It reports whether this
// process's list is that one now, also when it could not be written. The caller holds s.mu.
func (s *Store) commit(c change) (about Device, applied bool, err error) {
	unlock, cause := s.lockFile()
	if cause == nil {
		defer unlock()
		cause = s.renew()
	}
	if c != nil {
		var list []Device
		if list, about, err = c(s.devices); err != nil {
			return Device{}, false, err
		}
		s.devices = list
		s.edits++
	}
	if cause != nil {
		return about, true, cause
	}
	if err := store.Save(s.path, s.devices); err != nil {
		return about, true, err
	}
	s.pending, s.failed, s.known, s.read = nil, nil, true, statOf(s.path)
	return about, true, nil
}

// renew reads what another process has written. Garbage is set aside, to be replaced by the list
// that this process knows: at the latest when there is room for it. The caller holds s.mu and has
// locked the file.
func (s *Store) renew() error {
	if s.outdated() {
		s.reload()
	}
	var broken *store.BrokenError
	if !errors.As(s.failed, &broken) {
		return s.failed
	}
	if err := broken.SetAside(); err != nil {
		return err
	}
	s.mended, s.pending = broken, []change{restored(s.devices)}
	return nil
}

// restored brings back those who are known, all earlier edits among them: until they are written the
// file looks as if nobody had ever paired.
func restored(known []Device) change {
	return func(list []Device) ([]Device, Device, error) {
		isKnown := func(d Device) bool {
			return slices.ContainsFunc(known, func(k Device) bool { return k.ID == d.ID })
		}
		return slices.Concat(known, slices.DeleteFunc(slices.Clone(list), isKnown)), Device{}, nil
	}
}

// mend writes what could not be written before, and a whole list in the place of garbage. The
// caller holds s.mu.
func (s *Store) mend() {
	var broken *store.BrokenError
	if !errors.As(s.failed, &broken) && len(s.pending) == 0 {
		return
	}
	if _, _, err := s.commit(nil); s.mended != nil && err == nil {
		s.edits++ // so that it is told
	}
}

// lockFile keeps other processes out while this one edits.
func (s *Store) lockFile() (unlock func(), err error) {
	if err := store.MakeFolder(filepath.Dir(s.path)); err != nil {
		return nil, err
	}
	if err := store.Touch(s.lock.Path()); err != nil {
		return nil, fmt.Errorf("lock %s: %w", s.path, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := s.lock.TryLockContext(ctx, 10*time.Millisecond); err != nil {
		return nil, fmt.Errorf("lock %s: %w", s.path, err)
	}
	return func() { _ = s.lock.Unlock() }, nil
}

// outdated reports whether the file may hold another list than the one that was read. The caller
// holds s.mu.
func (s *Store) outdated() bool { return s.failed != nil || !store.Same(s.read, statOf(s.path)) }

// statOf is nil where no file is to be seen.
func statOf(path string) os.FileInfo {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return info
}

// reload reads the file. What it cannot read or understand leaves the list as it was: it says
// nothing of who is paired. The caller holds s.mu.
func (s *Store) reload() {
	read := statOf(s.path)
	var list []Device
	err := store.Read(s.path, &list, func() error { return check(list) })
	if err != nil {
		if s.failed == nil {
			s.edits++
		}
		s.failed = err
		return
	}
	s.devices, s.read, s.failed, s.known = s.replay(list), read, nil, true
	s.edits++
}

// replay applies what is not written yet to a newer list. What does not fit any more, such as
// the removal of a device that is gone, is left out.
func (s *Store) replay(list []Device) []Device {
	for _, c := range s.pending {
		if l, _, err := c(list); err == nil {
			list = l
		}
	}
	return list
}

// check refuses a list in which a key could match a device by accident.
func check(list []Device) error {
	for _, d := range list {
		if len(d.Hash) != hex.EncodedLen(sha256.Size) || d.ID == "" {
			return fmt.Errorf("device %q has no ID or no hash", d.Name)
		}
	}
	return nil
}
