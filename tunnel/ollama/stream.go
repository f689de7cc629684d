package ollama

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"modelbeam/tunnel/events"
)

// maxEvent bounds an event of a stream, which is a token and its frame.
const maxEvent = 4 << 20

var errTooLong = fmt.Errorf("read event: it has more than %d bytes", maxEvent)

// stream reads a server's events and gives Ollama's lines, each as soon as its event is there. At rest it keeps
// nothing but the beginning of a line that has not come to its end.
type stream struct {
	answer
	body io.ReadCloser
	line []byte  // that has not ended
	out  pending // lines to be read
	over error   // what Read returns after them

	drained bool // the end of the body was waited for
}

// drainFor is how long the end of an answer may come after its end mark, for the connection to be kept. Most servers
// send it in the next moment, and those that never do should not keep a client.
const drainFor = 200 * time.Millisecond

// newStream reads body, which it closes, until the translation's answer is over.
func newStream(t *Translation, body io.ReadCloser) *stream {
	return &stream{answer: answer{Translation: t}, body: body}
}

// Read implements io.Reader. What the server sends is read into p and translated from there. A stream that breaks
// off before its end is an error, which whoever reads has to tell the client; one that ends with a failure in the
// server's words is none.
func (s *stream) Read(p []byte) (int, error) {
	for s.out.empty() {
		if s.over != nil {
			return 0, s.over
		}
		n, err := s.body.Read(p)
		s.accept(p[:n])
		if err != nil {
			s.ended(err)
		} else if s.out.empty() && events.Waits(s.body) {
			return 0, nil // the reader waits for the next event, without p
		}
	}
	n := s.out.read(p)
	if s.out.empty() && s.over == io.EOF && s.atEnd() {
		return n, io.EOF
	}
	return n, nil
}

// atEnd reports whether there is nothing to wait for once all was said.
func (s *stream) atEnd() bool {
	return s.drained || s.over != io.EOF || !events.Waits(s.body) || events.Ready(s.body)
}

// Wait is for events.Wait. The last lines are with the client by then, which waits for no more than the end.
func (s *stream) Wait() error {
	switch {
	case !s.out.empty():
	case s.over == nil:
		return events.Wait(s.body)
	case !s.atEnd():
		events.Drain(s.body, drainFor)
		s.drained = true
	}
	return nil
}

// Ready is for events.Ready.
func (s *stream) Ready() bool {
	return !s.out.empty() || s.over != nil && s.atEnd() || s.over == nil && events.Ready(s.body)
}

// Close implements io.Closer. What is behind the end mark is nothing but the end of the body: where that has come,
// reading it leaves the connection for the next request.
func (s *stream) Close() error {
	if s.over == io.EOF && events.Ready(s.body) {
		_, _ = s.body.Read(make([]byte, 1))
	}
	return s.body.Close()
}

// accept takes the next bytes of the server's stream. Lines end as those of events may: with CR, LF, or both, of
// which the second then ends an empty line, which is of no use here.
func (s *stream) accept(data []byte) {
	for len(data) > 0 && s.over == nil {
		i := lineEnd(data)
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

// lineEnd returns the index of the first CR or LF, -1 for none.
func lineEnd(data []byte) int {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		return bytes.IndexByte(data, '\r')
	}
	if cr := bytes.IndexByte(data[:i], '\r'); cr >= 0 {
		return cr
	}
	return i
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
	if c, ok := usual(data); ok {
		s.say(s.hear(&c))
		return
	}
	s.advanceOdd(data)
}

// advanceOdd takes an event that is not as most are.
func (s *stream) advanceOdd(data []byte) {
	var p piece
	err := json.Unmarshal(data, &p)
	if err != nil || !isNull(p.Error) { // or it need not be looked at a second time
		if message, failed := failureIn(data, 0); failed {
			s.out.add(errorLine(message))
			s.over = io.EOF
			return
		}
	}
	if err != nil {
		s.over = fmt.Errorf("read event: %w", err)
		return
	}
	s.say(s.take(p))
}

// say passes on what the model says, if it does.
func (s *stream) say(said, thinking string) {
	if said != "" || thinking != "" {
		s.out.begin()
		s.out.lines = s.appendPart(s.out.lines, said, thinking)
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
		s.out.add(line(s.part("", "", calls)))
	}
	s.out.begin()
	s.out.lines = s.appendLast(s.out.lines, s.metrics())
	s.over = io.EOF
}
