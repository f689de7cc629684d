package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A file of lines is for what has to be written often and at once. It has its whole size from the beginning:
// lines come in the place of empty ones at its end. So there is always room for the next one, and a line is
// one write. It is the system's then, however this process ends; the disk has it some seconds later. To wait for
// the disk as well would take a hundred times as long, and help only a machine that loses its power.
//
// Callers see to it that only one of them writes at a time, across processes too. No link is followed,
// and an *AccessError says that the file may not be written.

// NewLines makes a file of lines at path, readable by its owner alone (0600), in place of what is there.
// It begins with lines, each of which ends with a line break, and has room for so many bytes in all. It
// is on the disk when NewLines returns. The folder must be there.
func NewLines(path string, lines []byte, room int) error {
	data := append(bytes.Clone(lines), bytes.Repeat([]byte("\n"), max(0, room-len(lines)))...)
	if err := write(path, data); err != nil {
		return denied(path, fmt.Errorf("write %s: %w", path, err))
	}
	return syncDir(filepath.Dir(path))
}

// ErrFull says that a file of lines has no room for what is to be added.
var ErrFull = errors.New("there is no room for more lines")

// AddLines adds lines at the end of those in a file, which Lines tells. They outlive this process when it
// returns. After a power cut or an error, any part of them may be there.
func AddLines(path string, end int64, lines []byte) error {
	f, info, err := openLines(path, os.O_WRONLY)
	if err != nil {
		return denied(path, fmt.Errorf("add to %s: %w", path, err))
	}
	if end+int64(len(lines)) > info.Size() {
		return errors.Join(ErrFull, f.Close())
	}
	_, err = f.WriteAt(lines, end)
	return denied(path, errors.Join(err, f.Close()))
}

// Lines returns the lines in a file, without their line breaks, and where they end; there are none where
// there is no file. A line that was cut off is among them, as far as it goes. What is no file is a
// *BrokenError, what cannot be read an *AccessError.
func Lines(path string) (lines [][]byte, end int64, err error) {
	data, info, err := contents(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, nil
	case errors.Is(err, errNoFile):
		return nil, 0, &BrokenError{Path: path, Err: err, info: info}
	case err != nil:
		return nil, 0, inaccessible(path, err)
	}
	if data = bytes.TrimRight(data, "\n"); len(data) == 0 {
		return nil, 0, nil
	}
	return bytes.Split(data, []byte("\n")), int64(len(data)) + 1, nil
}

// LinesEnd reports whether the lines in a file still end where Lines said. Its time of change does not
// tell: two changes may have the same.
func LinesEnd(path string, end int64) bool {
	f, _, err := openLines(path, os.O_RDONLY)
	if err != nil {
		return false
	}
	defer f.Close()
	next := make([]byte, 1)
	n, err := f.ReadAt(next, end)
	return n == 1 && next[0] == '\n' || errors.Is(err, io.EOF) && n == 0
}

// openLines looks before it opens: a named pipe would wait for somebody at its other end.
func openLines(path string, flag int) (*os.File, os.FileInfo, error) {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular():
		return nil, nil, errNoFile
	}
	f, err := os.OpenFile(path, flag|noFollow, 0)
	return f, info, err
}
