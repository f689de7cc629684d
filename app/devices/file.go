package devices

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"modelbeam/app/store"
)

// fingerprint tells whether a file is still the one that was read. Every save makes a new
// file, so its identity changes even when the clock is too coarse to show it.
type fingerprint struct{ info os.FileInfo }

func (f fingerprint) same(info os.FileInfo) bool {
	if f.info == nil || info == nil {
		return f.info == nil && info == nil
	}
	return os.SameFile(f.info, info) && f.info.ModTime().Equal(info.ModTime()) && f.info.Size() == info.Size()
}

// edit applies change to the newest list and saves the result. When it cannot be saved, this
// process goes on with it all the same: a phone that a person sees pair must work.
func (s *Store) edit(change func([]Device) ([]Device, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	unlock, err := s.lockFile()
	if err != nil {
		return s.keep(change, err)
	}
	defer unlock()
	if s.changed() {
		if err := s.reload(); err != nil {
			return err
		}
	}
	list, err := change(s.devices)
	if err != nil {
		return err
	}
	s.devices = list
	s.edits++
	if err := store.Save(s.path, list); err != nil {
		return err
	}
	s.read = s.stat()
	return nil
}

// keep applies change in memory only and returns why.
func (s *Store) keep(change func([]Device) ([]Device, error), cause error) error {
	list, err := change(s.devices)
	if err != nil {
		return err
	}
	s.devices = list
	s.edits++
	return cause
}

// lockFile keeps other processes out while this one edits.
func (s *Store) lockFile() (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of %s: %w", s.path, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := s.lock.TryLockContext(ctx, 10*time.Millisecond); err != nil {
		return nil, fmt.Errorf("lock %s: %w", s.path, err)
	}
	return func() { _ = s.lock.Unlock() }, nil
}

func (s *Store) changed() bool { return !s.read.same(s.stat().info) }

func (s *Store) stat() fingerprint {
	info, err := os.Stat(s.path)
	if err != nil {
		return fingerprint{}
	}
	return fingerprint{info}
}

func (s *Store) reload() error {
	s.read = s.stat()
	var list []Device
	err := store.Load(s.path, &list, func() error { return check(list) })
	if err != nil {
		list, s.read = nil, fingerprint{}
	}
	s.devices, s.broken = list, err
	s.edits++
	return err
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
