package events

import (
	"bytes"
	"errors"
	"io"
)

// maxHeldBack bounds what is kept of an incomplete piece. Longer pieces pass as they come: a
// picture as base64 in one event need not be held.
const maxHeldBack = 64 << 10

const longestSeparator = 3 // bytes, of all formats

// Pieces passes a stream on in whole pieces. What reads from it never gets half an event or
// half a character of UTF-8, which some phone apps drop, and when the stream breaks, what
// was incomplete is left out and the last words come instead, followed by a regular end. Of a
// stream whose events do not end as they should it passes whole lines.
type Pieces struct {
	io.ReadCloser
	Format    *Format
	Meter     meter                  // may be zero
	Marked    bool                   // only a piece with the end mark makes an end regular
	LastWords func(err error) []byte // what to end with after err; nothing for a client that is gone

	tail     []byte // of an incomplete piece, held back
	ready    []byte // to be delivered before reading on
	gap      []byte // what has to come before the last words, because part of a piece has gone out
	proper   bool   // a piece has ended as it should
	lined    bool   // what went out last was lines whose event has not ended as it should
	single   bool   // events are lines: see wholeData
	finished bool   // the end mark was seen
	over     bool
}

var errUnfinished = errors.New("stream ended without its end mark")

// Read implements io.Reader. Nearly always what was read into p is returned from there, without a copy: a
// server sends whole events.
func (f *Pieces) Read(p []byte) (int, error) {
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
			return len(whole), f.atEnd() // still in p
		}
		if len(f.ready) == 0 && !f.over && Waits(f.ReadCloser) {
			return 0, nil // the reader waits for the rest of the piece, without p
		}
	}
	n := copy(p, f.ready)
	if f.ready = f.ready[n:]; len(f.ready) == 0 {
		f.ready = nil // nothing of a stream stays in memory that waits between two pieces
	}
	return n, f.atEnd()
}

// atEnd is io.EOF once all was delivered: who is told of the end with the last piece can send both at once.
func (f *Pieces) atEnd() error {
	if f.over && len(f.ready) == 0 {
		return io.EOF
	}
	return nil
}

// Wait implements waiter.
func (f *Pieces) Wait() error {
	if f.over || len(f.ready) > 0 {
		return nil
	}
	return Wait(f.ReadCloser)
}

// Ready implements waiter.
func (f *Pieces) Ready() bool { return f.over || len(f.ready) > 0 || Ready(f.ReadCloser) }

// accept takes what was read. It returns the whole pieces when they are the start of data, as
// nearly always, and otherwise puts them into ready.
func (f *Pieces) accept(data []byte) []byte {
	if len(f.tail) == 0 {
		cut := f.lastCut(data)
		f.passed(data[:cut])
		f.hold(data[cut:])
		return data[:cut]
	}
	// Nothing ends in what was held back, or it would not have been. But a separator may be cut by two reads:
	// the search begins as much earlier as one can be long, less the one byte that came now.
	searched := max(0, len(f.tail)-longestSeparator+1)
	f.tail = append(f.tail, data...)
	if cut := f.lastCut(f.tail[searched:]); cut > 0 {
		cut += searched
		f.ready, f.tail = f.tail[:cut:cut], bytes.Clone(f.tail[cut:])
		f.passed(f.ready)
	}
	f.letGo(data)
	return nil
}

// hold keeps the beginning of a piece until the rest of it comes.
func (f *Pieces) hold(rest []byte) {
	f.tail = append(f.tail[:0], rest...)
	f.letGo(rest)
}

// letGo passes on what need not wait for the end of its piece: lines that are events by themselves,
// and what is too long to hold. Only fresh, the end of the tail, was not looked at before.
func (f *Pieces) letGo(fresh []byte) {
	if !f.proper && f.Format.lineEnd != nil && bytes.IndexByte(fresh, '\n') >= 0 {
		f.endLines()
		f.letLines()
	}
	if len(f.tail) > maxHeldBack {
		f.ready = append(f.ready, f.tail...)
		f.tail = nil
		f.gap = f.Format.separators[0]
	}
}

// endLines passes on the empty line that ends, after all, an event whose lines have passed.
func (f *Pieces) endLines() {
	empty := len(f.tail) - len(bytes.TrimPrefix(bytes.TrimPrefix(f.tail, []byte("\r")), []byte("\n")))
	if !f.lined || empty == 0 || f.tail[empty-1] != '\n' {
		return
	}
	f.ready = append(f.ready, f.tail[:empty]...)
	f.tail = append(f.tail[:0], f.tail[empty:]...)
	f.gap, f.lined, f.proper = nil, false, true
}

// letLines passes on lines that are events by themselves, in a stream that has not ended an event as
// it should so far.
func (f *Pieces) letLines() {
	n := bytes.LastIndexByte(f.tail, '\n') + 1
	if n == 0 || f.proper {
		return
	}
	whole := wholeData(lastLine(f.tail[:n]))
	f.single = f.single || whole && f.lined || dataLines(f.tail[:n]) > 1
	if !f.single && !whole {
		return
	}
	f.ready = append(f.ready, f.tail[:n]...)
	f.count(f.tail[:n])
	f.tail = append(f.tail[:0], f.tail[n:]...)
	f.gap, f.lined = f.Format.lineEnd, true
}

// passed notes that whole pieces go out. From the first of them on it is known how this stream ends them.
func (f *Pieces) passed(pieces []byte) {
	if len(pieces) == 0 {
		return
	}
	f.gap, f.lined, f.proper = nil, false, true
	f.count(pieces)
}

// count looks into what passes, before it does.
func (f *Pieces) count(pieces []byte) {
	if f.Marked && !f.finished {
		f.finished = f.Format.finished(pieces)
	}
	if f.Meter.Tokens != nil {
		f.Meter.count(pieces)
	}
}

// lastCut returns the index after the last whole piece. Nearly always that is the end of data.
func (f *Pieces) lastCut(data []byte) int {
	for _, s := range f.Format.separators {
		if bytes.HasSuffix(data, s) {
			return len(data)
		}
	}
	cut := 0
	for _, s := range f.Format.separators {
		if i := bytes.LastIndex(data, s); i >= 0 {
			cut = max(cut, i+len(s))
		}
	}
	return cut
}

// end prepares what is delivered last. A stream that ended as it should loses nothing, an unfinished last line
// included. One that broke off loses its unfinished piece, which no client could read, and gets the last words
// after as much of a separator as they need to stand alone.
func (f *Pieces) end(err error) {
	f.over = true
	if err == io.EOF && (!f.Marked || f.finished || f.Format.finished(f.tail)) {
		f.count(f.tail)
		f.ready = append(f.ready, f.tail...) // a last line may lack its end
		f.tail = nil
		return
	}
	if err == io.EOF {
		err = errUnfinished
	}
	last := f.LastWords(err)
	if len(last) > 0 {
		f.ready = append(f.ready, f.gap...)
	}
	f.ready = append(f.ready, last...)
	f.tail = nil
}
