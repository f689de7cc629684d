package ollama

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// maxEvent bounds an event of a stream, which is a token and its frame.
const maxEvent = 4 << 20

var errTooLong = fmt.Errorf("read event: it has more than %d bytes", maxEvent)

// stream reads a server's events and gives Ollama's lines, each as soon as its event is there. At rest it keeps
// nothing but the beginning of a line that has not come to its end.
type stream struct {
	answer
	body io.ReadCloser
	line []byte       // that has not ended
	out  bytes.Buffer // lines to be read
	over error        // what Read returns after them
}

// waiter is a body that can tell when there is something to read: see package events.
type waiter interface {
	Wait() error
	Ready() bool
}

// newStream reads body, which it closes, until the translation's answer is over.
func newStream(t *Translation, body io.ReadCloser) *stream {
	return &stream{answer: answer{Translation: t}, body: body}
}

// Read implements io.Reader. What the server sends is read into p and translated from there. A stream that breaks
// off before its end is an error, which whoever reads has to tell the client; one that ends with a failure in the
// server's words is none.
func (s *stream) Read(p []byte) (int, error) {
	for s.out.Len() == 0 {
		if s.over != nil {
			return 0, s.over
		}
		n, err := s.body.Read(p)
		s.accept(p[:n])
		if err != nil {
			s.ended(err)
		} else if _, waits := s.body.(waiter); waits && s.out.Len() == 0 {
			return 0, nil // the reader waits for the next event, without p
		}
	}
	n, _ := s.out.Read(p)
	if s.out.Len() == 0 {
		s.out = bytes.Buffer{}
		if s.over == io.EOF {
			return n, io.EOF
		}
	}
	return n, nil
}

// Wait returns when Read would not wait.
func (s *stream) Wait() error {
	if w, ok := s.body.(waiter); ok && s.out.Len() == 0 && s.over == nil {
		return w.Wait()
	}
	return nil
}

// Ready reports whether Read would not wait.
func (s *stream) Ready() bool {
	w, ok := s.body.(waiter)
	return s.out.Len() > 0 || s.over != nil || ok && w.Ready()
}

// Close implements io.Closer. What is behind the end mark is nothing but the end of the body: where that has come,
// reading it leaves the connection for the next request.
func (s *stream) Close() error {
	if w, ok := s.body.(waiter); ok && s.over == io.EOF && w.Ready() {
		_, _ = s.body.Read(make([]byte, 1))
	}
	return s.body.Close()
}

// accept takes the next bytes of the server's stream. Lines end as those of events may: with CR, LF, or both, of
// which the second then ends an empty line, which is of no use here.
func (s *stream) accept(data []byte) {
	for len(data) > 0 && s.over == nil {
		i := bytes.IndexAny(data, "\r\n")
		if i < 0 {
			if s.line = append(s.line, data...); len(s.line) > maxEvent {
				s.over = errTooLong
			}
			return
		}
		text := data[:i]
		if len(s.line) > 0 {
			text = append(s.line, text...)
			s.line = nil
		}
		s.advance(text)
		data = data[i+1:]
	}
}

// advance takes a line of the server's stream. All but data is of no use here: comments keep a connection alive,
// and events have names where the data says the same.
func (s *stream) advance(text []byte) {
	data, ok := bytes.CutPrefix(text, []byte("data:"))
	if data = bytes.TrimSpace(data); !ok || len(data) == 0 {
		return
	}
	if string(data) == "[DONE]" {
		s.finish()
		return
	}
	var p piece
	err := json.Unmarshal(data, &p)
	if err != nil || !isNull(p.Error) { // or it need not be looked at a second time
		if message, failed := failureIn(data, 0); failed {
			s.out.Write(errorLine(message))
			s.over = io.EOF
			return
		}
	}
	if err != nil {
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
	if s.over == nil && len(s.line) > 0 {
		last := s.line
		s.line = nil
		s.advance(last) // it may lack its end
	}
	switch {
	case s.over != nil:
	case s.reason != "":
		s.finish()
	case err == io.EOF:
		s.over = io.ErrUnexpectedEOF
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
