// Package events reads the pieces that a streamed answer comes in, events or lines: it keeps them whole,
// counts the tokens in them, knows a stream's regular end from a break, and turns an answer that came
// whole into the events that a stream of it would have had.
package events

import (
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

// Format is how pieces of a streamed answer are told apart.
type Format struct {
	separators [][]byte                                         // each ends a piece
	lineEnd    []byte                                           // of a line in a piece; nil where a piece is a line
	finished   func(piece []byte) bool                          // whether piece has the mark of a stream's regular end
	Failure    func(f *fault.Failure, d dialect.Dialect) []byte // a piece that tells of f
}

// EventStream is text/event-stream (https://html.spec.whatwg.org/multipage/server-sent-events.html).
var EventStream = &Format{
	separators: [][]byte{[]byte("\n\n"), []byte("\n\r\n"), []byte("\r\r")},
	lineEnd:    []byte("\n"),
	finished:   eventsFinished,
	Failure: func(f *fault.Failure, d dialect.Dialect) []byte {
		var event []byte
		if d == dialect.Anthropic {
			event = []byte("event: error\n")
		}
		return append(append(append(event, "data: "...), f.Body(d)...), '\n')
	},
}

// lineStream is one JSON value a line, as Ollama streams.
var lineStream = &Format{
	separators: [][]byte{[]byte("\n")},
	finished: func(piece []byte) bool {
		return hasMember(piece, `"done"`, "true") || hasMember(piece, `"error"`, `"`)
	},
	Failure: func(f *fault.Failure, d dialect.Dialect) []byte { return f.Body(d) },
}

// FormatOf returns nil for what is not a stream of pieces.
func FormatOf(contentType string) *Format {
	switch mediaType(contentType) {
	case "text/event-stream":
		return EventStream
	case "application/x-ndjson", "application/ndjson", "application/jsonl":
		return lineStream
	}
	return nil
}
