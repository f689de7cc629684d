// Package store keeps small JSON documents on disk in a way that neither a crash nor a full
// disk nor a careless editor can lose: a document is replaced whole or not at all, one that
// cannot be understood is set aside before anything is written in its place, and one that cannot
// even be read is left alone.
package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// BrokenError says that a document was read and makes no sense. It is still in its place until
// SetAside moves it.
type BrokenError struct {
	Path  string // the document
	Aside string // where SetAside has moved it; empty while it has not
	Err   error  // what is wrong with it

	info os.FileInfo // of what was read
}

func (e *BrokenError) Error() string { return fmt.Sprintf("understand %s: %v", e.Path, e.Err) }
func (e *BrokenError) Unwrap() error { return e.Err }

// SetAside renames the document to its path + ".broken", so that a new one can be written. Only
// one broken copy is kept: what a person wants back is the latest, and a program that writes
// garbage must not fill the folder. A document that was replaced since it was read stays where it
// is, and the error says so: it may be a good one. The same holds for one that cannot be moved.
func (e *BrokenError) SetAside() error {
	path := behind(e.Path)
	if now, err := os.Lstat(path); err != nil || !Same(e.info, now) {
		return errors.Join(fmt.Errorf("set %s aside: it is another file now", e.Path), err)
	}
	if err := os.Rename(path, path+".broken"); err != nil {
		return denied(path, fmt.Errorf("set %s aside: %w", e.Path, err))
	}
	e.Aside = path + ".broken"
	return nil
}

// AccessError says that a document is there but cannot be read or replaced now: a permission, a
// disk that fails, too many open files. What it holds may be as good as ever.
type AccessError struct {
	Path  string // what access was denied to: the document or its folder
	Owner string // whose it is, when it belongs to another user of the machine; else empty
	Err   error
}

func (e *AccessError) Error() string {
	if e.Owner != "" {
		return fmt.Sprintf("%v (%s belongs to the user %s)", e.Err, e.Path, e.Owner)
	}
	return e.Err.Error()
}

func (e *AccessError) Unwrap() error { return e.Err }

// Read reads the document at path into v and changes nothing on the disk. A document that does
// not exist leaves v as it is and is no error. One that is not JSON of v's shape, or that check
// (which may be nil) refuses, is a *BrokenError; v may then hold parts of it, so the caller starts
// again from its defaults. One that cannot be read is an *AccessError: keep what was known, and
// try again.
func Read(path string, v any, check func() error) error {
	data, info, err := contents(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, errNoFile):
		return &BrokenError{Path: path, Err: err, info: info}
	case err != nil:
		return inaccessible(path, err)
	}
	if err = json.Unmarshal(data, v); err == nil && check != nil {
		err = check()
	}
	if err != nil {
		return &BrokenError{Path: path, Err: err, info: info}
	}
	return nil
}

// Load is Read for the one process that owns the document: one that makes no sense is set aside,
// where that is possible.
func Load(path string, v any, check func() error) error {
	err := Read(path, v, check)
	var broken *BrokenError
	if errors.As(err, &broken) {
		if aside := broken.SetAside(); aside != nil {
			broken.Err = errors.Join(broken.Err, aside)
		}
	}
	return err
}

// errNoFile says that the document's name belongs to something other than a file: a folder, a pipe.
var errNoFile = errors.New("this is not a file")

// contents reads the whole file. It looks before it opens: a named pipe would never open.
func contents(path string) ([]byte, os.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, info, errNoFile
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, info, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, nil, err
	}
	data, err := io.ReadAll(f)
	return data, info, err
}

// Same reports whether two looks saw the same file with the same content; nil is a look that saw
// none. Every Save makes a new file, so its identity changes even when the clock is too coarse to show
// it.
func Same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}
