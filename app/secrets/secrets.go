// Package secrets keeps the keys that servers of other people want: in the system's keyring
// or, where there is none, in a file that only this user can read.
package secrets

import (
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/zalando/go-keyring"

	"modelbeam/app/store"
)

// service is the name under which a person finds our entries in the keyring.
const service = "Modelbeam"

// ring is the system's keyring.
type ring interface {
	Set(service, name, secret string) error
	Get(service, name string) (string, error)
	Delete(service, name string) error
}

// Store keeps secrets by name. Its methods may be called from any goroutine. They can take
// long: some systems ask the person first.
type Store struct {
	path string // of the file for systems without a keyring
	ring ring

	mu      sync.Mutex        // guards what follows, and serialises edits of the file
	unsaved map[string]string // what should be in the file, and could not be written there
}

// New makes a Store that falls back to a file at path.
func New(path string) *Store { return &Store{path: path, ring: systemRing{}} }

// Set keeps secret under name, in place of what was there. One that cannot be saved is known until
// this process ends, and the error says why; Save tries again.
func (s *Store) Set(name, secret string) error {
	ringErr := s.ring.Set(service, name, secret)
	s.mu.Lock()
	defer s.mu.Unlock()
	if ringErr == nil {
		delete(s.unsaved, name)
		return nil
	}
	if s.unsaved == nil {
		s.unsaved = make(map[string]string)
	}
	s.unsaved[name] = secret
	return s.save()
}

// Unsaved says that there is something to Save.
func (s *Store) Unsaved() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.unsaved) > 0
}

// Save writes what could not be saved before.
func (s *Store) Save() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.unsaved) == 0 {
		return nil
	}
	return s.save()
}

// save adds what is unsaved to the file. The caller holds s.mu.
func (s *Store) save() error {
	all, err := s.readFile()
	var broken *store.BrokenError
	switch {
	case errors.As(err, &broken) && broken.Aside != "":
		all = make(map[string]string)
	case err != nil:
		return err // the other keys in it may be good
	}
	maps.Copy(all, s.unsaved)
	if err := store.Save(s.path, all); err != nil {
		return err
	}
	s.unsaved = nil
	return nil
}

// Get returns the secret of that name, or "" when there is none.
func (s *Store) Get(name string) (string, error) {
	secret, err := s.ring.Get(service, name)
	if err == nil {
		return secret, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if secret, ok := s.unsaved[name]; ok {
		return secret, nil
	}
	all, err := s.readFile()
	return all[name], err
}

// Delete forgets the secret of that name, if there is one. An error means that it may still be
// in the keyring.
func (s *Store) Delete(name string) error {
	err := s.ring.Delete(service, name)
	if errors.Is(err, keyring.ErrNotFound) {
		err = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.unsaved, name)
	all, fileErr := s.readFile()
	if _, ok := all[name]; fileErr == nil && ok {
		delete(all, name)
		return store.Save(s.path, all)
	}
	return errors.Join(err, fileErr)
}

func (s *Store) readFile() (map[string]string, error) {
	all := make(map[string]string)
	if err := store.Load(s.path, &all, nil); err != nil {
		return nil, fmt.Errorf("read the servers' keys: %w", err)
	}
	return all, nil
}

// systemRing is the Keychain on macOS, the Credential Manager on Windows, and the Secret
// Service on other systems.
type systemRing struct{}

func (systemRing) Set(service, name, secret string) error { return keyring.Set(service, name, secret) }

func (systemRing) Get(service, name string) (string, error) { return keyring.Get(service, name) }

func (systemRing) Delete(service, name string) error { return keyring.Delete(service, name) }
