package tunnel

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// scanner finds what the gateway has to know in a JSON body while it passes by in pieces of
// any size: which model, whether a stream is wanted, whether MCP tools are asked for. It keeps
// no more than one short string, whatever the body's size: a photo is one string of
// megabytes, and a JSON decoder would hold it whole.
//
// It must read the body as the server does, or a device could show it one model and the server
// another one. So it stops at everything that parsers are known to disagree on: a model that is
// named twice, of which some take the first and some the last; members that only differ in case,
// which are the same to encoding/json; comments, zero bytes and other things that are no JSON
// (RFC 8259); text behind the object.
type scanner struct {
	names   []string  // the fields that name the model
	seen    []bool    // by the index of names
	model   []located // the same; zero while there is none
	streams atomic.Bool
	mcp     bool
	fault   *failure // why no server may get this body

	syntax
	inside  int64 // where the members of the object begin; 0 while it has not
	members int   // how many of them there are so far

	key   string // of the member at depth 1 that is being read
	inner string // the same for the object at depth 3, for tools[].type

	inString bool
	escaped  bool
	token    []byte // the string that is being read, without quotes, escapes as they are
	start    int64  // where its opening quote is
	offset   int64  // of the next byte
}

// located is a string value and where it stands in the body, quotes included.
type located struct {
	value      string
	start, end int64
}

// maxToken is longer than any model's name. What is longer is cut and so equal to none.
const maxToken = 512

func newScanner(names ...string) *scanner {
	return &scanner{names: names, seen: make([]bool, len(names)), model: make([]located, len(names))}
}

// found reports whether the name of the model is known.
func (s *scanner) found() bool { return s.best().end > 0 }

// best returns the model's name by the first of the names that the body has.
func (s *scanner) best() located {
	for _, l := range s.model {
		if l.end > 0 {
			return l
		}
	}
	return located{}
}

// Write takes the next piece of the body. Its error is a failure, and stays.
func (s *scanner) Write(p []byte) (int, error) {
	if s.fault == nil && bytes.IndexByte(p, 0) >= 0 {
		s.fault = errNotJSON // UTF-16, which Python's json.loads finds out by itself
	}
	for i := 0; i < len(p) && s.fault == nil; {
		if s.inString {
			i += s.readString(p[i:])
			continue
		}
		s.step(p[i])
		s.offset++
		i++
	}
	if s.fault != nil {
		return 0, s.fault
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

// step takes a byte outside of strings.
func (s *scanner) step(b byte) {
	begins := s.expect == wantValue || s.expect == wantValueOrEnd
	if !s.accept(b) {
		s.fault = errNotJSON
		return
	}
	switch {
	case b == '{' && s.depth == 1 && s.inside == 0:
		s.inside = s.offset + 1
	case b == '"':
		s.inString, s.token, s.start = true, s.token[:0], s.offset
	case !begins || isSpace(b):
	case s.onTop() && s.indexOf(s.key) >= 0:
		s.fault = errModelType
	case s.onTop() && s.key == "stream" && b == 't':
		s.streams.Store(true)
	}
}

// onTop reports whether the value that has just begun is one of a member of the whole object.
func (s *scanner) onTop() bool {
	return s.depth == 1 || s.depth == 2 && s.opened
}

func (s *scanner) endString() {
	isKey := s.expect == wantColon
	switch {
	case s.depth == 1 && isKey:
		s.key = s.text()
		s.members++
		s.member()
	case s.depth == 1:
		s.take()
	case s.depth == 2 && isKey && strings.EqualFold(s.key, "extra_body"):
		s.extra()
	case s.depth == 3 && isKey:
		s.inner = s.text()
	case s.depth == 3 && strings.EqualFold(s.key, "tools") && strings.EqualFold(s.inner, "type"):
		s.mcp = s.mcp || strings.EqualFold(s.text(), "mcp")
	}
}

// member looks at the name of a member of the whole object.
func (s *scanner) member() {
	i := s.indexOf(s.key)
	switch {
	case !utf8.Valid(s.token) || strings.ContainsRune(s.key, 0):
		s.fault = errNotJSON // what is a name of its own to one parser ends or loses a byte in another
	case i >= 0 && (s.seen[i] || s.key != s.names[i]):
		s.fault = errAmbiguous
	case i >= 0:
		s.seen[i] = true
	default:
		s.fault = otherModel(s.key)
	}
}

// extra looks at the name of a member of "extra_body", which is how OpenAI's library for Python
// calls what it adds to a body: a gateway that is written with it does so once more.
func (s *scanner) extra() {
	name := s.text()
	if s.fault = otherModel(name); s.fault == nil && s.indexOf(name) >= 0 {
		s.fault = errAmbiguous
	}
}

// indexOf returns which of the names of the model a member has, in any case of letters; else -1.
func (s *scanner) indexOf(member string) int {
	for i, name := range s.names {
		if strings.EqualFold(member, name) {
			return i
		}
	}
	return -1
}

// take notes a string that is the value of a member of the whole object.
func (s *scanner) take() {
	i := s.indexOf(s.key)
	if i < 0 {
		return
	}
	s.model[i] = located{value: s.text(), start: s.start, end: s.offset}
	for _, l := range s.model {
		if l.end > 0 && l.value != s.model[i].value {
			s.fault = errAmbiguous
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
