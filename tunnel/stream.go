package tunnel

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
)

// frame makes a streamed answer arrive in whole events or lines, and end with an error that
// the client understands when the server breaks off.
func (g *Gateway) frame(res *http.Response, c *call) {
	format := formatOf(res.Header.Get("Content-Type"))
	if format == nil || res.ContentLength >= 0 || res.Header.Get("Content-Encoding") != "" {
		c.measure(res)
		return // a length was promised: cutting the connection is how to say that it is not kept
	}
	res.Body = &frames{
		ReadCloser: res.Body,
		format:     format,
		meter:      c.meter(),
		// Without chunks the end of the connection is the end of the answer, planned or not.
		marked:  c.route.generates && len(res.TransferEncoding) == 0,
		lastSay: func(err error) []byte { return g.lastWords(res.Request, format, err) },
	}
}

// lastWords is the error that ends a broken stream; nothing for a client that is gone.
func (g *Gateway) lastWords(r *http.Request, format *streamFormat, err error) []byte {
	f := g.relayFailure(r, err)
	if f == nil {
		return nil
	}
	return format.failure(f, callOf(r).dialect())
}

// streamFormat is how pieces of a streamed answer are told apart.
type streamFormat struct {
	separators [][]byte                           // each ends a piece
	lineEnd    []byte                             // of a line in a piece; nil where a piece is a line
	finished   func(piece []byte) bool            // whether piece has the mark of a stream's regular end
	failure    func(f *failure, d Dialect) []byte // a piece that tells of f
}

// eventStream is text/event-stream (https://html.spec.whatwg.org/multipage/server-sent-events.html).
var eventStream = &streamFormat{
	separators: [][]byte{[]byte("\n\n"), []byte("\n\r\n"), []byte("\r\r")},
	lineEnd:    []byte("\n"),
	finished:   eventsFinished,
	failure: func(f *failure, d Dialect) []byte {
		var event []byte
		if d == Anthropic {
			event = []byte("event: error\n")
		}
		return append(append(append(event, "data: "...), f.body(d)...), '\n')
	},
}

// lineStream is one JSON value a line, as Ollama streams.
var lineStream = &streamFormat{
	separators: [][]byte{[]byte("\n")},
	finished: func(piece []byte) bool {
		return hasMember(piece, "done", []byte("true")) || hasMember(piece, "error", []byte(`"`))
	},
	failure: func(f *failure, d Dialect) []byte { return f.body(d) },
}

// formatOf returns nil for what is not a stream of pieces.
func formatOf(contentType string) *streamFormat {
	kind, _, _ := mime.ParseMediaType(contentType)
	switch kind {
	case "text/event-stream":
		return eventStream
	case "application/x-ndjson", "application/ndjson", "application/jsonl":
		return lineStream
	}
	return nil
}

// endMarks are the last events of OpenAI's chat, Anthropic's messages and OpenAI's responses.
var endMarks = [][]byte{
	[]byte("[DONE]"), []byte("message_stop"),
	[]byte("response.completed"), []byte("response.failed"), []byte("response.incomplete"),
}

func eventsFinished(piece []byte) bool {
	for _, mark := range endMarks {
		if bytes.Contains(piece, mark) {
			return true
		}
	}
	return hasMember(piece, "finish_reason", []byte(`"`))
}

// hasMember looks for "name": value... anywhere in JSON text.
func hasMember(text []byte, name string, value []byte) bool {
	quoted, err := json.Marshal(name)
	if err != nil {
		panic(err) // a constant
	}
	for {
		_, after, ok := bytes.Cut(text, quoted)
		if !ok {
			return false
		}
		if bytes.HasPrefix(bytes.TrimLeft(after, " :"), value) {
			return true
		}
		text = after
	}
}
