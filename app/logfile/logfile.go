// Package logfile keeps what a program logs in a file of bounded size: about 1 MiB, and one older file
// like it. No trouble with the file ever reaches the program. What cannot be written is lost, and counted.
package logfile

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	// maxLine is how much of one line is kept, in bytes: an error may hold a whole page of a server's.
	maxLine = 16 << 10
	// maxWaiting is how much may wait for a slow disk, in bytes; what is beyond is lost.
	maxWaiting = 256 << 10
	// closeWithin is how long Close waits for a disk that does not answer.
	closeWithin = time.Second
)

// File is a log file, an io.Writer for slog. Its methods may be called from any goroutine. Write only
// touches memory: a disk that hangs holds up nobody who logs.
//
// Other processes may write to the same file, and anybody may remove or rename it: each piece is written to
// whatever has the name then. Two processes that reach the bound at the same moment may lose the older file.
type File struct {
	path  string
	wake  chan struct{} // for run: something waits; closed by Close
	ended chan struct{} // closed when run has ended

	mu      sync.Mutex // guards what follows; never held over the disk
	waiting []byte     // whole lines, not yet written
	lines   int        // how many these are
	lost    int        // lines that are nowhere
	untold  int        // those of lost that the file does not tell of yet
	closed  bool
}

// Open returns the log of one program, such as "service", in a folder, and starts to write what comes. It makes
// the folder (0700) and the file (0600) as soon as there is something to write, and always succeeds.
//
// With crashes, the text of a panic that ends the process goes there too (debug.SetCrashOutput). A process has
// one such File at most.
func Open(folder, program string, crashes bool) *File {
	f := newFile(filepath.Join(folder, program+".log"))
	if crashes {
		f.waiting = []byte{} // nothing to write, but a file to open: a crash cannot do it
		f.wake <- struct{}{}
	}
	go f.run(&disk{path: f.path, crashes: crashes})
	return f
}

func newFile(path string) *File {
	return &File{path: path, wake: make(chan struct{}, 1), ended: make(chan struct{})}
}

// Path is where the file is. The older one has ".old" before its ending.
func (f *File) Path() string { return f.path }

// Lost is how many lines could not be written so far.
func (f *File) Lost() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lost
}

// Write takes one line, with its end. It never fails and never waits.
func (f *File) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := line
	if len(kept) > maxLine {
		kept = append(kept[:maxLine:maxLine], " (cut)\n"...)
	}
	if f.closed || len(f.waiting)+len(kept) > maxWaiting {
		f.lost++
		f.untold++
		return len(line), nil
	}
	f.waiting = append(f.waiting, kept...)
	f.lines++
	select {
	case f.wake <- struct{}{}:
	default:
	}
	return len(line), nil
}

// Close writes what waits, for a second at most, and ends the writing. It is called once; what is logged
// later is lost.
func (f *File) Close() error {
	f.mu.Lock()
	f.closed = true
	close(f.wake)
	f.mu.Unlock()
	select {
	case <-f.ended:
		return nil
	case <-time.After(closeWithin):
		return fmt.Errorf("write %s: the disk does not answer", f.path)
	}
}

// run writes what waits until Close.
func (f *File) run(d *disk) {
	defer close(f.ended)
	defer d.leave()
	for range f.wake {
		f.flush(d)
	}
	f.flush(d)
}

// flush writes what waits, and before it how much was lost.
func (f *File) flush(d *disk) {
	text, lines, untold := f.take()
	if text == nil {
		return
	}
	if untold > 0 {
		text = append(lostLine(untold), text...)
	}
	err := d.write(text)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.lost += lines
		f.untold += lines + untold
	}
}

// take takes over what waits; text is nil when nothing does.
func (f *File) take() (text []byte, lines, untold int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting == nil {
		return nil, 0, 0
	}
	text, lines, untold = f.waiting, f.lines, f.untold
	f.waiting, f.lines, f.untold = nil, 0, 0
	return text, lines, untold
}

// lostLine says in the log's own language what is missing in it.
func lostLine(n int) []byte {
	var b strings.Builder
	r := slog.NewRecord(time.Now(), slog.LevelWarn, "log lines were lost", 0)
	r.Add("lines", n)
	_ = slog.NewTextHandler(&b, nil).Handle(context.Background(), r) // a Builder never fails
	return []byte(b.String())
}
