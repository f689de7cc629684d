package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Save replaces the document at path by v, readable by its owner alone (0600), and makes
// missing folders (0700). After a crash at any moment the document is either the old or the
// new one. Where path is a link, what it leads to is replaced and the link stays.
//
// Callers see to it that only one Save of a path runs at a time, across processes too: the
// half-written file has one fixed name, so a crash leaves at most one behind and the next Save
// removes it. An *AccessError says that the file or its folder may not be written.
func Save(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	return Write(path, append(data, '\n'))
}

// Write is Save for a document that is not JSON: data is all that is in it.
func Write(path string, data []byte) error {
	path = behind(path)
	if err := MakeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	half := path + ".tmp"
	if err := write(half, data); err != nil {
		_ = os.Remove(half) // a full disk needs the room more than we need the rest
		return denied(path, fmt.Errorf("write %s: %w", path, err))
	}
	if err := os.Rename(half, path); err != nil {
		return denied(path, fmt.Errorf("replace %s: %w", path, err))
	}
	return syncDir(filepath.Dir(path))
}

// write puts data on the disk, not only into its cache: without Sync some file systems
// rename first and write later, and a power cut leaves an empty document.
func write(path string, data []byte) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Touch makes an empty file at path, such as one to lock, unless something is there already.
func Touch(path string) error {
	f, err := create(path)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return denied(path, err)
	}
	return f.Close()
}

// create makes a file that was not there, for its owner alone. It follows no link: where others
// may write the folder, a link that waits under a name of ours would let them choose which file of
// this user gets overwritten.
func create(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|noFollow, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Chmod(0o600), giveToFolder(f)); err != nil { // the umask may have taken rights away
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// MakeFolder makes the folder dir and those above it, for their owner alone.
func MakeFolder(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if parent := filepath.Dir(dir); parent != dir {
		if err := MakeFolder(parent); err != nil {
			return err
		}
	}
	err := os.Mkdir(dir, 0o700)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return denied(dir, fmt.Errorf("make the folder %s: %w", dir, err))
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(giveToFolder(f), f.Close())
}

// denied makes err an *AccessError when it is about what this user may not do.
func denied(path string, err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return inaccessible(path, err)
}

// inaccessible makes err an *AccessError. Where a permission is missing it names the nearest thing that
// belongs to somebody else: the file, its folder or, where not even that can be seen, one above.
func inaccessible(path string, err error) *AccessError {
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	if errors.Is(err, fs.ErrPermission) {
		for p, seen := path, 0; seen < 2 && p != filepath.Dir(p); p = filepath.Dir(p) {
			if owner := stranger(p); owner != "" {
				return &AccessError{Path: p, Owner: owner, Err: err}
			}
			if _, err := os.Stat(p); err == nil {
				seen++
			}
		}
	}
	return &AccessError{Path: path, Err: err}
}

// maxLinks bounds how many links lead to a document, as Linux does (path_resolution(7)).
const maxLinks = 40

// behind returns what path leads to when it is a link, also where nothing is there yet.
func behind(path string) string {
	for range maxLinks {
		target, err := os.Readlink(path)
		if err != nil {
			return path
		}
		if !filepath.IsAbs(target) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(path)) // ".." means the real folder's parent
			if err != nil {
				return path
			}
			target = filepath.Join(dir, target)
		}
		path = target
	}
	return path
}
