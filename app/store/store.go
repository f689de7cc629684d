// Package store keeps small JSON documents on disk in a way that neither a crash nor a full
// disk nor a careless editor can lose: a document is replaced whole or not at all, and one
// that cannot be read is set aside, never overwritten.
package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// BrokenError says that a document could not be understood and where its content is now.
type BrokenError struct {
	Path     string // the document
	SetAside string // its new name; empty when even moving it was refused
	Err      error  // what was wrong with it
}

func (e *BrokenError) Error() string { return fmt.Sprintf("read %s: %v", e.Path, e.Err) }
func (e *BrokenError) Unwrap() error { return e.Err }

// Load reads the document at path into v. A document that does not exist leaves v as it is
// and is no error. One that is not JSON of v's shape, or that check (which may be nil)
// refuses, is renamed to path + ".broken" and reported as a *BrokenError; v may then hold
// parts of it, so the caller starts again from its defaults.
func Load(path string, v any, check func() error) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err == nil && check != nil {
		err = check()
	}
	if err == nil {
		return nil
	}
	return setAside(path, err)
}

// setAside moves the document out of the way. Only one broken copy is kept: what a person
// wants back is the latest, and a program that writes garbage must not fill the folder.
func setAside(path string, cause error) error {
	broken := &BrokenError{Path: path, SetAside: path + ".broken", Err: cause}
	if err := os.Rename(path, broken.SetAside); err != nil {
		broken.SetAside = ""
		broken.Err = errors.Join(cause, err)
	}
	return broken
}

// Save replaces the document at path by v, readable by its owner alone (0600), and makes
// missing folders (0700). After a crash at any moment the document is either the old or the
// new one. Callers see to it that only one Save of a path runs at a time, across processes
// too: the half-written file has one fixed name, so a crash leaves at most one behind and
// the next Save takes it over.
func Save(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of %s: %w", path, err)
	}
	half := path + ".tmp"
	if err := write(half, append(data, '\n')); err != nil {
		_ = os.Remove(half) // a full disk needs the room more than we need the rest
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(half, path); err != nil {
		return fmt.Errorf("replace %s: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

// write puts data on the disk, not only into its cache: without Sync some file systems
// rename first and write later, and a power cut leaves an empty document.
func write(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
