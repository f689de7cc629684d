package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Append adds data to the file at path, readable by its owner alone (0600), and returns when it is on
// the disk: one fsync, where Save needs two and writes everything. The folder must be there. After a
// crash or an error a part of data may be at the end of the file, see Lines.
//
// Callers see to it that only one Append of a path runs at a time, across processes too. No link is
// followed. An *AccessError says that the file may not be written.
func Append(path string, data []byte) error {
	f, created, err := openToAppend(path)
	if err != nil {
		return denied(path, fmt.Errorf("append to %s: %w", path, err))
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return denied(path, fmt.Errorf("append to %s: %w", path, err))
	}
	if created {
		return syncDir(filepath.Dir(path))
	}
	return nil
}

// openToAppend opens the file at path, or makes it. It looks before it opens: a named pipe would wait
// for somebody who reads.
func openToAppend(path string) (f *os.File, created bool, err error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f, err = create(path)
		return f, true, err
	case err != nil:
		return nil, false, err
	case !info.Mode().IsRegular():
		return nil, false, errNoFile
	}
	f, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND|noFollow, 0)
	return f, false, err
}

// Lines returns the lines of a file that Append has written, without their line breaks; there are none
// where there is no file. It is not whole when an Append was cut off: that one's last line is left out.
// What is no file is a *BrokenError, what cannot be read an *AccessError.
func Lines(path string) (lines [][]byte, whole bool, err error) {
	data, info, err := contents(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, true, nil
	case errors.Is(err, errNoFile):
		return nil, false, &BrokenError{Path: path, Err: err, info: info}
	case err != nil:
		return nil, false, inaccessible(path, err)
	}
	lines = bytes.Split(data, []byte("\n"))
	last := len(lines) - 1
	return lines[:last], len(lines[last]) == 0, nil
}
