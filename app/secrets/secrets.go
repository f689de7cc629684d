// Package secrets keeps the keys that servers want from us: in the system's keyring
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

// Store keeps secrets by name. Its methods may be called from any goroutine. All but Unsaved can take
// a while: some systems ask the person first.
type Store struct {
	path string // of the file for systems without a keyring
	ring ring

	editing sync.Mutex // serialises edits of the file; taken before mu

	mu      sync.Mutex        // guards what follows; nobody waits for the disk with it
	unsaved map[string]string // what should be in the file, and could not be written there
}

// New makes a Store that falls back to a file at path.
func New(path string) *Store { return &Store{path: path, ring: systemRing{}} }

// Set keeps secret under name, in place of what was there. One that cannot be saved is known until
// this process ends, and the error says why; Save tries again.
func (s *Store) Set(name, secret string) error {
	if err := s.ring.Set(service, name, secret); err == nil {
		s.forget(name)
		return nil
	}
	s.mu.Lock()
	if s.unsaved == nil {
		s.unsaved = make(map[string]string)
	}
	s.unsaved[name] = secret
	s.mu.Unlock()
	return s.Save()
}

// forget drops what should be in the file under name, and is not yet.
func (s *Store) forget(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.unsaved, name)
}

// Unsaved says that there is something to Save. It waits for nobody.
func (s *Store) Unsaved() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.unsaved) > 0
}

// Save writes what could not be saved before.
func (s *Store) Save() error {
	s.editing.Lock()
	defer s.editing.Unlock()
	s.mu.Lock()
	unsaved := maps.Clone(s.unsaved)
	s.mu.Unlock()
	if len(unsaved) == 0 {
		return nil
	}
	if err := s.add(unsaved); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.unsaved, func(name, secret string) bool { return unsaved[name] == secret }) // not what came meanwhile
	return nil
}

// add adds secrets to those in the file. The caller holds s.editing.
func (s *Store) add(secrets map[string]string) error {
	all := make(map[string]string)
	err := store.Load(s.path, &all, nil)
	var broken *store.BrokenError
	switch {
	case errors.As(err, &broken) && broken.Aside != "":
		all = make(map[string]string)
	case err != nil:
		return unread(err) // the other keys in it may be good
	}
	maps.Copy(all, secrets)
	return store.Save(s.path, all)
}

// Get returns the secret of that name, or "" when there is none.
func (s *Store) Get(name string) (string, error) {
	secret, err := s.ring.Get(service, name)
	if err == nil {
		return secret, nil
	}
	s.mu.Lock()
	secret, ok := s.unsaved[name]
	s.mu.Unlock()
	if ok {
		return secret, nil
	}
	all, err := s.read()
	return all[name], err
}

// Delete forgets the secret of that name, if there is one. An error means that it may still be
// in the keyring.
func (s *Store) Delete(name string) error {
	err := s.ring.Delete(service, name)
	if errors.Is(err, keyring.ErrNotFound) {
		err = nil
	}
	s.editing.Lock()
	defer s.editing.Unlock()
	s.forget(name)
	all, fileErr := s.read()
	if _, ok := all[name]; fileErr == nil && ok {
		delete(all, name)
		return store.Save(s.path, all)
	}
	return errors.Join(err, fileErr)
}

func (s *Store) read() (map[string]string, error) {
	all := make(map[string]string)
	if err := store.Read(s.path, &all, nil); err != nil {
		return nil, unread(err)
	}
	return all, nil
}

func unread(err error) error { return fmt.Errorf("read the servers' keys: %w", err) }

// systemRing is the Keychain on macOS, the Credential Manager on Windows, and the Secret
// Service on other systems.
type systemRing struct{}

func (systemRing) Set(service, name, secret string) error { return keyring.Set(service, name, secret) }

func (systemRing) Get(service, name string) (string, error) { return keyring.Get(service, name) }

func (systemRing) Delete(service, name string) error { return keyring.Delete(service, name) }
