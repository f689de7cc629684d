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

// LineFile adds lines to a file of lines, again and again. The file stays open between two times, where the system
// allows others to replace a file that is open: to open it and close it takes longer than all the rest. Whether it is
// still the one at the path is looked at each time. Its methods are for one goroutine at a time.
type LineFile struct {
	path string
	file *os.File    // nil while none is open
	info os.FileInfo // of file, when it was opened
}

// LinesAt returns the LineFile of a path. Nothing need be there yet.
func LinesAt(path string) *LineFile { return &LineFile{path: path} }

// Add adds lines at the end of those in the file, which Lines tells. They outlive this process when it
// returns. After a power cut or an error, any part of them may be there.
func (l *LineFile) Add(end int64, lines []byte) error {
	size, err := l.open()
	if err != nil {
		return denied(l.path, fmt.Errorf("add to %s: %w", l.path, err))
	}
	defer l.rest()
	if end+int64(len(lines)) > size {
		return ErrFull
	}
	_, err = l.file.WriteAt(lines, end)
	return denied(l.path, err)
}

// EndsAt reports whether the lines in the file still end where Lines said. Its time of change does not
// tell: two changes may have the same.
func (l *LineFile) EndsAt(end int64) bool {
	if _, err := l.open(); err != nil {
		return false
	}
	defer l.rest()
	next := make([]byte, 1)
	n, err := l.file.ReadAt(next, end)
	return n == 1 && next[0] == '\n' || errors.Is(err, io.EOF) && n == 0
}

// Close closes the file, if it is open. The next of the other methods opens it again.
func (l *LineFile) Close() {
	if l.file != nil {
		_ = l.file.Close() // nothing of it waits to be written
		l.file = nil
	}
}

// Stat returns what FileInfo the file has now, nil where there is none.
func (l *LineFile) Stat() os.FileInfo {
	if l.file == nil {
		info, _ := os.Stat(l.path)
		return info
	}
	info, _ := l.file.Stat()
	return info
}

// rest is for the time until the next use.
func (l *LineFile) rest() {
	if !openFilesAreReplaced {
		l.Close()
	}
}

// open opens the file at the path, unless it is open, and returns its size. It looks before it opens: a named pipe
// would wait for somebody at its other end.
func (l *LineFile) open() (size int64, err error) {
	info, err := os.Lstat(l.path)
	if err == nil && !info.Mode().IsRegular() {
		err = errNoFile
	}
	if err == nil && l.file != nil && os.SameFile(info, l.info) {
		return info.Size(), nil
	}
	l.Close()
	if err != nil {
		return 0, err
	}
	f, err := os.OpenFile(l.path, os.O_RDWR|noFollow, 0)
	if err != nil {
		return 0, err
	}
	if info, err = f.Stat(); err != nil { // it may be another one already
		return 0, errors.Join(err, f.Close())
	}
	l.file, l.info = f, info
	return info.Size(), nil
}
