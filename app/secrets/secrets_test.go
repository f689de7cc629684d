package secrets

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"
)

// memory is a keyring that works, and none one that does not.
type memory map[string]string

func (m memory) Set(_, name, secret string) error {
	m[name] = secret
	return nil
}

func (m memory) Get(_, name string) (string, error) {
	if secret, ok := m[name]; ok {
		return secret, nil
	}
	return "", keyring.ErrNotFound
}

func (m memory) Delete(_, name string) error {
	if _, ok := m[name]; !ok {
		return keyring.ErrNotFound
	}
	delete(m, name)
	return nil
}

type none struct{}

var errNoRing = errors.New("no keyring here")

func (none) Set(string, string, string) error   { return errNoRing }
func (none) Get(string, string) (string, error) { return "", errNoRing }
func (none) Delete(string, string) error        { return errNoRing }

func TestStore(t *testing.T) {
	for name, ring := range map[string]ring{"with a keyring": memory{}, "without": none{}} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "keys.json")
			s := &Store{path: path, ring: ring}
			if got, err := s.Get("a"); got != "" || err != nil {
				t.Errorf("before: %q, %v", got, err)
			}
			for _, secret := range []string{"first", "second"} {
				if err := s.Set("a", secret); err != nil {
					t.Fatal(err)
				}
				again := &Store{path: path, ring: ring}
				if got, err := again.Get("a"); got != secret || err != nil {
					t.Errorf("got %q, %v; want %q", got, err, secret)
				}
			}
			if err := s.Delete("a"); err != nil {
				t.Error(err)
			}
			if got, _ := s.Get("a"); got != "" {
				t.Errorf("after Delete: %q", got)
			}
		})
	}
}

func TestFileIsPrivateAndOnlyAFallback(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := (&Store{path: path, ring: memory{}}).Set("a", "s3cret"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a file beside the keyring: %v", err)
	}
	if err := (&Store{path: path, ring: none{}}).Set("a", "s3cret"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v; want mode 0600", info, err)
	}
}

func TestBrokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(path, []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &Store{path: path, ring: none{}}
	if _, err := s.Get("a"); err == nil || !strings.Contains(err.Error(), "keys.json") {
		t.Errorf("got %v, want to be told", err)
	}
	if err := s.Set("a", "x"); err != nil {
		t.Error(err)
	}
	if got, err := s.Get("a"); got != "x" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestDeleteOfWhatMayRemain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := (&Store{path: path, ring: memory{}}).Delete("a"); err != nil {
		t.Errorf("of nothing: %v", err)
	}
	if err := (&Store{path: path, ring: none{}}).Delete("a"); !errors.Is(err, errNoRing) {
		t.Errorf("of what is not in the file, with a keyring that fails: %v", err)
	}
}

// TestUnsavedWaitsForNobody asks while the file is edited: every request that a guest has made asks.
func TestUnsavedWaitsForNobody(t *testing.T) {
	dir := t.TempDir()
	s := &Store{path: filepath.Join(dir, "missing", "keys.json"), ring: none{}}
	if err := os.WriteFile(filepath.Join(dir, "missing"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Set("a", "x"); err == nil {
		t.Fatal("it was saved in a folder that is none")
	}
	s.editing.Lock() // somebody waits for the disk
	defer s.editing.Unlock()
	if got, err := s.Get("a"); !s.Unsaved() || got != "x" || err != nil {
		t.Errorf("unsaved: %v; the key is %q, %v", s.Unsaved(), got, err)
	}
}
