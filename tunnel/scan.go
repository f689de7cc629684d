package tunnel

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync/atomic"
)

// scanner finds what the gateway has to know in a JSON body while it passes by in pieces of
// any size: which model, whether a stream is wanted, whether MCP tools are asked for. It keeps
// no more than one short string, whatever the body's size: a photo is one string of
// megabytes, and a JSON decoder would hold it whole.
//
// It does not check the JSON; a server does that. Of a field that comes twice the first counts.
type scanner struct {
	names   []string  // the fields that name the model
	model   []located // by the index of names; zero while not seen
	streams atomic.Bool
	mcp     bool
	over    bool // the top-level value has ended

	offset  int64 // of the next byte
	depth   int
	objects uint64 // bit d-1: the container at depth d is an object; deeper ones count as arrays
	key     string // of the member at depth 1 that is being read
	inner   string // the same for the object at depth 3, for tools[].type
	wantKey bool

	inString bool
	escaped  bool
	token    []byte // the string that is being read, without quotes, escapes as they are
	start    int64  // where its opening quote is
}

// located is a string value and where it stands in the body, quotes included.
type located struct {
	value      string
	start, end int64
}

// maxToken is longer than any model's name. What is longer is cut and so equal to none.
const maxToken = 512

func newScanner(names ...string) *scanner {
	return &scanner{names: names, model: make([]located, len(names))}
}

// found reports whether the most important name of the model is known.
func (s *scanner) found() bool { return len(s.model) > 0 && s.model[0].end > 0 }

// best returns the model's name by the first of the names that the body has.
func (s *scanner) best() located {
	for _, l := range s.model {
		if l.end > 0 {
			return l
		}
	}
	return located{}
}

// Write takes the next piece of the body. It never fails.
func (s *scanner) Write(p []byte) (int, error) {
	for i := 0; i < len(p) && !s.over; {
		if s.inString {
			i += s.readString(p[i:])
			continue
		}
		s.step(p[i])
		s.offset++
		i++
	}
	return len(p), nil
}

// readString reads on in a string and returns how many bytes it took.
func (s *scanner) readString(p []byte) int {
	n := 0
	switch {
	case s.escaped:
		s.escaped, n = false, 1
	case p[0] == '\\':
		s.escaped, n = true, 1
	case p[0] == '"':
		s.inString = false
		s.offset++
		s.endString()
		return 1
	default:
		if n = bytes.IndexAny(p, `"\`); n < 0 {
			n = len(p)
		}
	}
	if room := maxToken - len(s.token); room > 0 {
		s.token = append(s.token, p[:min(n, room)]...)
	}
	s.offset += int64(n)
	return n
}

func (s *scanner) step(b byte) {
	switch b {
	case '"':
		s.inString, s.token, s.start = true, s.token[:0], s.offset
	case '{', '[':
		s.open(b == '{')
	case '}', ']':
		s.depth--
		s.wantKey = false
		s.over = s.depth <= 0
	case ',':
		s.wantKey = s.inObject()
	case ':':
		s.wantKey = false
	case 't':
		if s.depth == 1 && s.key == "stream" && !s.wantKey {
			s.streams.Store(true)
		}
	}
}

func (s *scanner) open(object bool) {
	if s.depth < 64 {
		bit := uint64(1) << s.depth
		s.objects &^= bit
		if object {
			s.objects |= bit
		}
	}
	s.depth++
	s.wantKey = s.inObject()
}

func (s *scanner) inObject() bool {
	return s.depth >= 1 && s.depth <= 64 && s.objects&(1<<(s.depth-1)) != 0
}

func (s *scanner) endString() {
	switch {
	case s.depth == 1 && s.wantKey:
		s.key = s.text()
	case s.depth == 1:
		s.take()
	case s.depth == 3 && s.wantKey:
		s.inner = s.text()
	case s.depth == 3 && strings.EqualFold(s.key, "tools") && strings.EqualFold(s.inner, "type"):
		s.mcp = s.mcp || strings.EqualFold(s.text(), "mcp")
	}
}

func (s *scanner) take() {
	for i, name := range s.names {
		if s.key == name && s.model[i].end == 0 {
			s.model[i] = located{value: s.text(), start: s.start, end: s.offset}
		}
	}
}

// text is the token with its escapes resolved.
func (s *scanner) text() string {
	if bytes.IndexByte(s.token, '\\') < 0 {
		return string(s.token)
	}
	var text string
	if err := json.Unmarshal([]byte(`"`+string(s.token)+`"`), &text); err != nil {
		return string(s.token)
	}
	return text
}
