package tunnel

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// spool keeps bytes: no more than smallBody of them in memory, and the others in a temporary file.
// The zero value is empty. What was added can be read any number of times, also at once.
type spool struct {
	head  []byte
	file  *os.File
	filed int64 // bytes in file
}

// length is how much was added, in bytes.
func (s *spool) length() int64 { return int64(len(s.head)) + s.filed }

// add keeps a piece, which is the spool's from then on.
func (s *spool) add(piece []byte) error {
	if s.file == nil && len(s.head)+len(piece) <= smallBody {
		if s.head == nil {
			s.head = piece // the usual case: one piece is all
		} else {
			s.head = append(s.head, piece...)
		}
		return nil
	}
	if s.file == nil {
		f, err := os.CreateTemp("", "modelbeam-body-")
		if err != nil {
			return errSpool{err}
		}
		s.file = f
	}
	n, err := s.file.Write(piece)
	s.filed += int64(n)
	if err != nil {
		return errSpool{err}
	}
	return nil
}

// errSpool is a fault of this machine's disk.
type errSpool struct{ error }

func (e errSpool) Error() string { return fmt.Sprintf("spool body: %v", e.error) }
func (e errSpool) Unwrap() error { return e.error }

// section is a part of what was added.
func (s *spool) section(from, to int64) io.Reader {
	head := int64(len(s.head))
	inMemory := bytes.NewReader(s.head[min(from, head):min(to, head)])
	if s.file == nil || to <= head {
		return inMemory
	}
	start := max(from-head, 0)
	return io.MultiReader(inMemory, io.NewSectionReader(s.file, start, to-head-start))
}

// Close removes the temporary file.
func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
