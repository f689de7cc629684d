package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// unpack writes the files of an image that match pattern below dir, all if it is empty. It calls done
// with the path of each.
func unpack(files fs.FS, dir, pattern string, done func(path string)) error {
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if pattern != "" && !matches(pattern, name) {
			return nil
		}
		if !entry.Type().IsRegular() {
			return fmt.Errorf("%s is no file", name)
		}
		if err := unpackFile(files, dir, name, entry); err != nil {
			return err
		}
		done(name)
		return nil
	})
}

// matches says whether a pattern fits a file or a folder above it.
func matches(pattern, name string) bool {
	for ; name != "."; name = path.Dir(name) {
		if ok, err := path.Match(pattern, name); ok && err == nil {
			return true
		}
	}
	return false
}

func unpackFile(files fs.FS, dir, name string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return fmt.Errorf("unpack %s: %w", name, err)
	}
	from, err := files.Open(name)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", name, err)
	}
	defer from.Close()
	target := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return fmt.Errorf("unpack %s: %w", name, err)
	}
	to, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, info.Mode().Perm())
	if err != nil {
		return fmt.Errorf("unpack %s: %w", name, err)
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Close()); err != nil {
		return fmt.Errorf("unpack %s: %w", name, err)
	}
	return nil
}

// verify returns an error unless dir holds all the files of this image as they were packed.
func verify(dir string) error {
	list, err := os.ReadFile(filepath.Join(dir, sums))
	if err != nil {
		return err
	}
	wanted, err := digests(list)
	if err != nil {
		return err
	}
	for name, want := range wanted {
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		got, err := digest(f)
		_ = f.Close()
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%s is not as it was packed", name)
		}
	}
	return nil
}
