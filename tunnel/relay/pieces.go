package relay

import (
	"net/http"

	"modelbeam/tunnel/events"
)

// inPieces makes a streamed answer arrive in whole events or lines, and end with an error that
// the client understands when the server breaks off.
func (l *Relay) inPieces(res *http.Response, q *Request) {
	format := events.FormatOf(res.Header.Get("Content-Type"))
	if format == nil || res.ContentLength >= 0 || res.Header.Get("Content-Encoding") != "" {
		events.Measure(res, q.Tokens)
		return // a length was promised: cutting the connection is how to say that it is not kept
	}
	res.Body = &events.Pieces{
		ReadCloser: res.Body,
		Format:     format,
		Meter:      events.NewMeter(q.Tokens, q.Path),
		// Without chunks the end of the connection is the end of the answer, planned or not.
		Marked:    q.Generates && len(res.TransferEncoding) == 0,
		LastWords: func(err error) []byte { return l.lastWords(q, format, err) },
	}
}
