package body

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync/atomic"
)

// InMemory is how many bytes of a body stay in memory. The others are in a temporary file.
const InMemory = 256 << 10

// Spool keeps bytes: no more than InMemory of them in memory, and the others in a temporary file
// that nobody can open and that is gone with this process, however that ends. The zero value is
// empty and may take what the disk holds. What was added can be read any number of times, also at
// once; add and Close are for one goroutine.
type Spool struct {
	// Room is what the file is taken out of. Nil: no bound.
	Room *Room
	// Expected is how many bytes will be added, where that is known. What will not stay in memory as a whole
	// does not begin there either.
	Expected int64

	head  []byte
	file  *os.File
	filed int64 // bytes in file
}

// Room bounds what all spools together may have on the disk. Its methods may be called from any
// goroutine.
type Room struct {
	limit int64
	taken atomic.Int64
}

// NewRoom makes room for so many bytes.
func NewRoom(limit int64) *Room { return &Room{limit: limit} }

// Taken is how many bytes are on the disk now.
func (r *Room) Taken() int64 { return r.taken.Load() }

func (r *Room) take(n int64) bool {
	if r == nil {
		return true
	}
	if r.taken.Add(n) > r.limit {
		r.taken.Add(-n)
		return false
	}
	return true
}

func (r *Room) giveBack(n int64) {
	if r != nil {
		r.taken.Add(-n)
	}
}

// ErrNoRoom says that others have taken all the room: there may be some again soon.
var ErrNoRoom = errors.New("spool body: no room left")

// DiskError is a fault of this machine's disk.
type DiskError struct{ Err error }

// Error implements error.
func (e *DiskError) Error() string { return fmt.Sprintf("spool body: %v", e.Err) }

// Unwrap returns the cause.
func (e *DiskError) Unwrap() error { return e.Err }

// Len is how much was added, in bytes.
func (s *Spool) Len() int64 { return int64(len(s.head)) + s.filed }

// Add keeps what is in piece. Its error is ErrNoRoom or a *DiskError.
func (s *Spool) Add(piece []byte) error {
	if s.file == nil && s.Expected <= InMemory && len(s.head)+len(piece) <= InMemory {
		if s.head == nil {
			s.head = make([]byte, 0, max(int64(len(piece)), s.Expected))
		}
		s.head = append(s.head, piece...)
		return nil
	}
	if !s.Room.take(int64(len(piece))) {
		return ErrNoRoom
	}
	s.filed += int64(len(piece))
	if s.file == nil {
		f, err := createNameless()
		if err != nil {
			return &DiskError{err}
		}
		s.file = f
	}
	if _, err := s.file.Write(piece); err != nil {
		return &DiskError{err}
	}
	return nil
}

// Section is a part of what was added. Any number of them may be read at the same time.
func (s *Spool) Section(from, to int64) io.Reader {
	head := int64(len(s.head))
	inMemory := &piece{s.head[min(from, head):min(to, head)]}
	if s.file == nil || to <= head {
		return inMemory
	}
	start := max(from-head, 0)
	return io.MultiReader(inMemory, io.NewSectionReader(s.file, start, to-head-start))
}

// Release lets go of what is in memory, if that is all of it. Readers of before go on; there are no others any
// more. It is for while an answer comes: that may take minutes, and nobody is sent the body again.
func (s *Spool) Release() {
	if s.file == nil {
		s.head = nil
	}
}

// piece reads from memory, and holds it no longer than there is something to read: an http.Request stays for as
// long as its answer does.
type piece struct{ rest []byte }

func (p *piece) Read(to []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(to, p.rest)
	if p.rest = p.rest[n:]; len(p.rest) == 0 {
		p.rest = nil
	}
	return n, nil
}

// edited is what was added with edits, which must not overlap, and how long that is.
func (s *Spool) edited(edits []edit) (io.Reader, int64) {
	length := s.Len()
	if len(edits) == 0 {
		return s.Section(0, length), length
	}
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b edit) int { // what is put in comes before what is taken out there
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	var parts []io.Reader
	at := int64(0)
	for _, e := range edits {
		parts = append(parts, s.Section(at, e.Start), bytes.NewReader(e.Text))
		length += int64(len(e.Text)) - (e.End - e.Start)
		at = e.End
	}
	return io.MultiReader(append(parts, s.Section(at, s.Len()))...), length
}

// Close gives the room back and removes the temporary file.
func (s *Spool) Close() error {
	s.Room.giveBack(s.filed)
	f := s.file
	*s = Spool{Room: s.Room}
	if f == nil {
		return nil
	}
	return f.Close()
}
