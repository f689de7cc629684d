package tunnel

import (
	"bytes"
	"errors"
	"io"
)

// maxHeldBack bounds what is kept of an incomplete piece. Longer pieces pass as they come: a
// picture as base64 in one event need not be held.
const maxHeldBack = 64 << 10

const longestSeparator = 3 // bytes, of all formats

// frames passes a stream on in whole pieces. What reads from it never gets half an event or
// half a character of UTF-8, which some phone apps drop, and when the stream breaks, what
// was incomplete is left out and the last words come instead, followed by a regular end.
type frames struct {
	io.ReadCloser
	format  *streamFormat
	meter   *meter                 // may be nil
	marked  bool                   // only a piece with the end mark makes an end regular
	lastSay func(err error) []byte // the last words

	tail     []byte // of an incomplete piece, held back
	ready    []byte // to be delivered before reading on
	midPiece bool   // the beginning of a piece that was too long to hold has gone out
	finished bool   // the end mark was seen
	over     bool
}

var errUnfinished = errors.New("stream ended without its end mark")

func (f *frames) Read(p []byte) (int, error) {
	for len(f.ready) == 0 {
		if f.over {
			return 0, io.EOF
		}
		n, err := f.ReadCloser.Read(p)
		whole := f.accept(p[:n])
		if err != nil {
			f.end(err)
		}
		if len(whole) > 0 {
			return len(whole), nil // still in p
		}
	}
	n := copy(p, f.ready)
	f.ready = f.ready[n:]
	return n, nil
}

// accept takes what was read. It returns the whole pieces when they are the start of data, as
// nearly always, and otherwise puts them into ready.
func (f *frames) accept(data []byte) []byte {
	if len(f.tail) == 0 {
		cut := f.lastCut(data)
		f.hold(data[cut:])
		f.passed(data[:cut])
		return data[:cut]
	}
	known := max(0, len(f.tail)-longestSeparator+1) // nothing ends before: do not search it again
	f.tail = append(f.tail, data...)
	if cut := f.lastCut(f.tail[known:]); cut > 0 {
		cut += known
		f.ready = bytes.Clone(f.tail[:cut])
		f.tail = append(f.tail[:0], f.tail[cut:]...)
		f.passed(f.ready)
	}
	f.letGo()
	return nil
}

func (f *frames) hold(rest []byte) {
	f.tail = append(f.tail[:0], rest...)
	f.letGo()
}

// letGo passes on a piece that is too long to hold.
func (f *frames) letGo() {
	if len(f.tail) > maxHeldBack {
		f.ready = append(f.ready, f.tail...)
		f.tail = nil
		f.midPiece = true
	}
}

func (f *frames) passed(pieces []byte) {
	if len(pieces) == 0 {
		return
	}
	f.midPiece = false
	f.count(pieces)
	if f.marked && !f.finished {
		f.finished = f.format.finished(pieces)
	}
}

func (f *frames) count(pieces []byte) {
	if f.meter != nil {
		f.meter.pieces(pieces, f.format.separators)
	}
}

// lastCut returns the index behind the last whole piece.
func (f *frames) lastCut(data []byte) int {
	cut := 0
	for _, s := range f.format.separators {
		if i := bytes.LastIndex(data, s); i >= 0 {
			cut = max(cut, i+len(s))
		}
	}
	return cut
}

// end prepares what is delivered last.
func (f *frames) end(err error) {
	f.over = true
	if err == io.EOF && (!f.marked || f.finished || f.format.finished(f.tail)) {
		f.count(f.tail)
		f.ready = append(f.ready, f.tail...) // a last line may lack its separator
		f.tail = nil
		return
	}
	if err == io.EOF {
		err = errUnfinished
	}
	last := f.lastSay(err)
	if f.midPiece && len(last) > 0 {
		f.ready = append(f.ready, f.format.separators[0]...)
	}
	f.ready = append(f.ready, last...)
	f.tail = nil
}
