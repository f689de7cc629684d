package events

import (
	"bytes"
	"encoding/json"
)

// A stream's events end with an empty line. There are servers that leave it out and end each event,
// which is one line, as they end a line; apps that read by lines never notice. A stream is taken for
// one of those when two of its lines in a row each hold a whole value, and is not any more once an
// empty line has come.

var dataField = []byte("data:")

// wholeData reports whether a line is an event by itself: data that is a whole JSON value, or the mark
// of the end.
func wholeData(line []byte) bool {
	data, ok := bytes.CutPrefix(line, dataField)
	data = bytes.TrimSpace(data)
	return ok && (json.Valid(data) || string(data) == "[DONE]")
}

// lastLine returns the last line of text that ends with a line end, without it.
func lastLine(text []byte) []byte {
	text = bytes.TrimRight(text, "\r\n")
	return text[bytes.LastIndexByte(text, '\n')+1:]
}

// dataLines counts the lines of text that hold data.
func dataLines(text []byte) int {
	n := 0
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, dataField) {
			n++
		}
	}
	return n
}

// endsEvent reports whether text ends with an empty line.
func endsEvent(text []byte) bool {
	for _, s := range EventStream.separators {
		if bytes.HasSuffix(text, s) {
			return true
		}
	}
	return false
}

// Edge follows a stream of events to know when it stands between two of them. The zero value is at the
// beginning of a stream.
type Edge struct {
	last   [longestSeparator]byte // the end of what has passed, as long as it takes to know an empty line
	line   []byte                 // what has passed of a line, while no empty line has come
	lines  int                    // in a row that were events by themselves, while no empty line has come
	proper bool                   // an empty line has come
	inside bool                   // something has passed since the last event
}

// Pass takes the next bytes of the stream.
func (e *Edge) Pass(p []byte) {
	if len(p) == 0 {
		return
	}
	end := p[max(0, len(p)-longestSeparator):]
	copy(e.last[:], e.last[len(end):])
	copy(e.last[longestSeparator-len(end):], end)
	e.inside = !endsEvent(e.last[:])
	e.proper = e.proper || !e.inside
	if !e.proper {
		e.readLines(p)
	}
}

// readLines looks for lines that are events by themselves. It gives up on a line that is longer than anything
// worth holding: then nothing of ours comes between, which is always safe.
func (e *Edge) readLines(p []byte) {
	for line := range bytes.Lines(p) {
		e.line = append(e.line, line...)
		if len(e.line) > maxHeldBack {
			e.line, e.lines = nil, 0
			continue
		}
		if e.line[len(e.line)-1] != '\n' {
			return
		}
		switch {
		case len(bytes.TrimRight(e.line, "\r\n")) == 0:
			e.proper, e.line = true, nil
			return
		case wholeData(e.line):
			e.lines++
		default:
			e.lines = 0
		}
		e.line = e.line[:0]
	}
}

// Between reports whether a line of ours may come now.
func (e *Edge) Between() bool {
	return !e.inside || !e.proper && e.lines > 1 && len(e.line) == 0
}
