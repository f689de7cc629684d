package ollama

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxEvent bounds an event of a stream, which is a token and its frame.
const maxEvent = 4 << 20

// stream reads a server's events and gives Ollama's lines, each as soon as its event is there.
type stream struct {
	io.Closer
	answer
	events *bufio.Scanner
	out    bytes.Buffer // lines to be read
	over   error        // what Read returns after them
}

// newStream reads body, which it closes, until the translation's answer is over.
func newStream(t *Translation, body io.ReadCloser) *stream {
	s := &stream{Closer: body, answer: answer{Translation: t}, events: bufio.NewScanner(body)}
	s.events.Buffer(nil, maxEvent)
	s.events.Split(scanLines)
	return s
}

// scanLines is a bufio.SplitFunc for lines that end as those of events may: with CR, LF, or both, of
// which the second then ends an empty line, which is of no use here.
func scanLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// Read implements io.Reader. A stream that breaks off before its end is an error, which whoever
// reads has to tell the client; one that ends with a failure in the server's words is none.
func (s *stream) Read(p []byte) (int, error) {
	for s.out.Len() == 0 {
		if s.over != nil {
			return 0, s.over
		}
		s.advance()
	}
	return s.out.Read(p)
}

// advance takes the next line of the server's stream. All but data is of no use here: comments
// keep a connection alive, and events have names where the data says the same.
func (s *stream) advance() {
	if !s.events.Scan() {
		s.ended(s.events.Err())
		return
	}
	data, ok := bytes.CutPrefix(s.events.Bytes(), []byte("data:"))
	if data = bytes.TrimSpace(data); !ok || len(data) == 0 {
		return
	}
	if string(data) == "[DONE]" {
		s.finish()
		return
	}
	if message, failed := failureIn(data, 0); failed {
		s.out.Write(errorLine(message))
		s.over = io.EOF
		return
	}
	var p piece
	if err := json.Unmarshal(data, &p); err != nil {
		s.over = fmt.Errorf("read event: %w", err)
		return
	}
	if text, thinking := s.take(p); text != "" || thinking != "" {
		s.out.Write(line(s.part(text, thinking, nil)))
	}
}

// ended is for a stream without its end mark, which not every server sends. With a reason for the
// end the answer is whole, whatever became of the connection after that.
func (s *stream) ended(err error) {
	switch {
	case s.reason != "":
		s.finish()
	case err == nil:
		s.over = io.ErrUnexpectedEOF
	case errors.Is(err, bufio.ErrTooLong):
		s.over = fmt.Errorf("read event: %w", err)
	default:
		s.over = err
	}
}

// finish says what is said last: the tool calls, whole now, and that the answer is done. It is not
// said with the reason for the end already, because the count of tokens may still follow.
func (s *stream) finish() {
	if calls := s.calls.take(); len(calls) > 0 {
		s.out.Write(line(s.part("", "", calls)))
	}
	s.out.Write(line(s.whole("", "")))
	s.over = io.EOF
}
