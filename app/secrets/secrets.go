// Package secrets keeps the keys that servers of other people want: in the system's keyring
// or, where there is none, in a file that only this user can read.
package secrets

import (
	"errors"
	"fmt"
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

	mu sync.Mutex // serialises edits of the file
}

// New makes a Store that falls back to a file at path.
func New(path string) *Store { return &Store{path: path, ring: systemRing{}} }

// Set keeps secret under name, in place of what was there.
func (s *Store) Set(name, secret string) error {
	if err := s.ring.Set(service, name, secret); err == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.readFile()
	var broken *store.BrokenError
	switch {
	case errors.As(err, &broken) && broken.Aside != "":
		all = make(map[string]string)
	case err != nil:
		return err // the other keys in it may be good
	}
	all[name] = secret
	return store.Save(s.path, all)
}

// Get returns the secret of that name, or "" when there is none.
func (s *Store) Get(name string) (string, error) {
	secret, err := s.ring.Get(service, name)
	if err == nil {
		return secret, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
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
