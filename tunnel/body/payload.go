package body

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// pieceSize is how much of a body is read at once.
const pieceSize = 64 << 10

// pieces are what bodies are read into, piece by piece.
var pieces = sync.Pool{New: func() any { return new([pieceSize]byte) }}

// TooLargeError says that a body has more bytes than it may.
type TooLargeError struct{ Limit int64 }

// Error is for logs.
func (e *TooLargeError) Error() string { return fmt.Sprintf("body has more than %d bytes", e.Limit) }

var errEndedEarly = errors.New("body ended early")

// Payload is a request's body, whole and unpacked: what was found in it, and what is changed of it
// on the way to the server. Only the beginning is in memory, see Spool. A server gets nothing of a body
// before all of it was seen: a field at its very end may be one that no server may get.
//
// A Payload belongs to one goroutine, but for Open's readers. Close it.
type Payload struct {
	Spool
	Fields *Scanner

	boundary string // of a multipart form
	edits    []edit
	dropped  int // members of the whole object that edits take out
}

// Source is a body as a client sends it.
type Source struct {
	From     io.Reader
	Size     int64    // bytes, as announced; -1: not announced
	Packing  string   // see Packing
	Boundary string   // of a multipart form; empty for JSON
	Names    []string // the fields that name the model, the first has precedence
	Limit    int64    // bytes, packed and unpacked
	Room     *Room
	// Look is told the model's name, once, as soon as it is known. A refusal of it must not wait for the
	// photo that comes after the name: Read returns its error at once.
	Look func(model string) error
}

// Empty is the payload of a request without a body.
func Empty() *Payload { return &Payload{Fields: new(Scanner)} }

// Read reads all of a body. It fails with a *Fault, a *TooLargeError, a *DiskError, ErrNoRoom, with
// what Look returned or From did. The Payload is never nil.
func Read(s Source) (*Payload, error) {
	p := &Payload{Fields: NewScanner(s.Names...), boundary: s.Boundary}
	p.Room = s.Room
	if s.Size > s.Limit {
		return p, &TooLargeError{s.Limit}
	}
	p.Expected = s.Size
	from, size := s.From, s.Size
	if s.Packing != "" {
		unpacked, err := Unpack(s.Packing, &bounded{Source: s})
		if err != nil {
			return p, err
		}
		defer unpacked.Close()
		from, size = unpacked, -1
	}
	looked := false
	for over := false; !over; {
		var err error
		if over, err = p.readPiece(from, size, s.Limit); err != nil {
			return p, err
		}
		if name := p.Fields.Model().Value; name != "" && !looked {
			looked = true
			if err := s.Look(name); err != nil {
				return p, err
			}
		}
	}
	if p.isForm() {
		p.Fields.release()
		return p, nil
	}
	return p, p.Fields.Close()
}

// bounded is a body with a Content-Encoding: no more of it than may be, and no less than was announced.
type bounded struct {
	Source
	read int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.From.Read(p)
	b.read += int64(n)
	switch {
	case b.read > b.Limit:
		return n, &TooLargeError{b.Limit}
	case err == io.EOF && b.Size > b.read:
		return n, errEndedEarly
	}
	return n, err
}

// readPiece reads on by one piece of a body of that size and reports whether the body is over.
func (p *Payload) readPiece(from io.Reader, size, limit int64) (over bool, err error) {
	buffer := pieces.Get().(*[pieceSize]byte)
	defer pieces.Put(buffer)
	piece := buffer[:]
	if size >= 0 {
		piece = piece[:min(pieceSize, size-p.Len())]
	}
	n, err := io.ReadFull(from, piece)
	if err := p.keep(piece[:n]); err != nil {
		return false, err
	}
	switch {
	case size >= 0 && p.Len() == size:
		return true, nil
	case p.Len() > limit:
		return false, &TooLargeError{limit}
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		if size >= 0 {
			return false, errEndedEarly
		}
		return true, nil
	}
	return false, err
}

// keep adds a piece to what was read before.
func (p *Payload) keep(piece []byte) error {
	if !p.isForm() {
		if _, err := p.Fields.Write(piece); err != nil {
			return err
		}
	}
	return p.Add(piece)
}

func (p *Payload) isForm() bool { return p.boundary != "" }

// Model returns the name of the model, and where it stands.
func (p *Payload) Model() (Located, error) {
	if !p.isForm() {
		return p.Fields.Model(), nil
	}
	form, wrong := ReadForm(p.Section(0, p.Len()), p.boundary)
	if wrong != nil {
		return form.Model, wrong
	}
	p.Fields.Answers = form.Answers
	return form.Model, nil
}

// SetModel names the model, in place of the name that stands at found, or where none stands. Call it
// after Restrain.
func (p *Payload) SetModel(found Located, model string) {
	if found.End > 0 {
		p.edits = append(p.edits, edit{Start: found.Start, End: found.End, Text: p.written(model)})
		return
	}
	text := append([]byte(`"model":`), p.written(model)...)
	if p.Fields.Members > p.dropped {
		text = append(text, ',')
	}
	at := p.Fields.Inside
	p.edits = append(p.edits, edit{Start: at, End: at, Text: text})
}

// written is a model's name as it stands in a body of this kind.
func (p *Payload) written(model string) []byte {
	if p.isForm() {
		return []byte(model)
	}
	text, err := json.Marshal(model)
	if err != nil {
		panic(err) // a string
	}
	return text
}

// Size is the length in bytes of what Open reads.
func (p *Payload) Size() int64 {
	_, size := p.edited(p.edits)
	return size
}

// Open reads what is to be sent on from its beginning, any number of times: the transport sends
// again what it could not even begin to send, and another server may be asked. Its shape is that
// of http.Request.GetBody; it never fails.
func (p *Payload) Open() (io.ReadCloser, error) {
	if len(p.edits) == 0 && p.file == nil {
		return &inMemory{piece{p.head}}, nil
	}
	content, _ := p.edited(p.edits)
	return io.NopCloser(content), nil
}

// inMemory reads a body that is short and goes on as it came, as nearly all do.
type inMemory struct{ piece }

func (*inMemory) Close() error { return nil }
