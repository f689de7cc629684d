package body

import (
	"encoding/json"
	"strings"
	"sync"
	"unicode/utf8"
)

// Scanner finds what the gateway has to know in a JSON body while it passes by in pieces of any
// size: which model, whether a stream is wanted, what it asks of the machine. It keeps no more than a
// short string and what it found, whatever the body's size: a photo is one string of megabytes, and
// a JSON decoder would hold it whole. It is for one goroutine at a time.
//
// It must read the body as the server does, or a device could show it one model and the server
// another one. So it stops at everything that parsers are known to disagree on: a model that is
// named twice, of which some take the first and some the last; members that only differ in case,
// which are the same to encoding/json; escapes that RFC 8259 does not have, of which Qt drops the
// backslash; comments, control characters and other things that are no JSON; text after the object.
// Where nothing is at stake it is as lenient as servers: null and "" name no model.
type Scanner struct {
	// Streams reports whether a stream is asked for.
	Streams bool
	// Prompts, Inputs and Messages are how many of them there are; Answers is how many answers are
	// wanted to each, 0 where that is not said.
	Prompts, Inputs, Messages, Answers int
	// InParts reports whether the content of a message is a list of parts, which Ollama's API has not.
	InParts bool
	// Tools reports whether there is a list of tools, which may be empty.
	Tools bool
	// Settings are what the request asks of the machine, in the order of the body.
	Settings []Setting
	// Inside is where the members of the object begin, 0 before that, and Members how many there are.
	Inside  int64
	Members int

	names []string // the fields that name the model
	nests []string // the members whose own count as those of the whole object, besides "extra_body"
	seen  [maxNames]bool
	model [maxNames]Located // by the index of names; zero while there is none
	fault *Fault            // why no server may get this body

	*scanning // nil after Close
}

// scanning is what a scanner needs while it reads. What it found is kept for as long as the answer lasts, and
// that may be minutes; this is not, and the next scanner takes it.
type scanning struct {
	syntax
	places [maxPlaces]place // of the containers that are open, by their depth
	beyond place            // of those that lie too deep
	text   token            // the string or atom that is being read
	quoted bool             // it is a string, and not over
	offset int64            // of the next byte
}

var scannings = sync.Pool{New: func() any { return new(scanning) }}

// Located is a value and where it stands in the body, a string's quotes included.
type Located struct {
	Value      string
	Start, End int64
}

// maxNames is by how many names a route's bodies call the model.
const maxNames = 2

// NewScanner makes a scanner for a body in which the model is named by one of names, at most two, the first
// of which has precedence.
func NewScanner(names ...string) *Scanner {
	if len(names) > maxNames {
		panic("too many names for a model")
	}
	return &Scanner{names: names, scanning: scannings.Get().(*scanning)}
}

// Nest makes the members of the objects of these names count as those of the whole object. It must
// come before the first Write.
func (s *Scanner) Nest(names ...string) { s.nests = names }

// Model returns the model's name by the first of the names under which the body has one. Without
// any it returns where nothing, null or "", stands for it; End is 0 when it is not mentioned at all.
func (s *Scanner) Model() Located {
	var blank Located
	for _, l := range s.model {
		switch {
		case l.Value != "":
			return l
		case blank.End == 0:
			blank = l
		}
	}
	return blank
}

// Write takes the next piece of the body. Its error is a *Fault, and stays.
func (s *Scanner) Write(p []byte) (int, error) {
	for i := 0; i < len(p) && s.fault == nil; {
		if s.quoted {
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

// Close says that this was all of the body; nothing can be written after it. Its error is a *Fault: the object
// may not be over.
func (s *Scanner) Close() error {
	defer s.release()
	switch {
	case s.fault != nil:
	case s.Inside == 0:
		s.fault = &Fault{Kind: NotJSON}
	case s.expect != wantNothing:
		s.fault = &Fault{Kind: Incomplete}
	}
	if s.fault != nil {
		return s.fault
	}
	return nil
}

// release lets others have what only reading takes.
func (s *Scanner) release() {
	*s.scanning = scanning{text: token{bytes: s.text.bytes[:0]}}
	scannings.Put(s.scanning)
	s.scanning = nil
}

// readString reads on in a string, a name or a value, and returns how many
// bytes it took.
func (s *Scanner) readString(p []byte) int {
	n, over, ok := s.text.read(p)
	s.offset += int64(n)
	if !ok {
		s.stop(NotJSON, "")
	}
	if over {
		s.quoted = false
		if s.expect == wantColon {
			s.member()
		} else {
			s.value(true)
		}
	}
	return n
}

// step takes a byte outside of strings.
func (s *Scanner) step(b byte) {
	if s.expect == inAtom && !isAtom(b) {
		s.value(false)
	}
	begins := (s.expect == wantValue || s.expect == wantValueOrEnd) && !isSpace(b) && b != ']'
	around := s.place()
	if !s.accept(b) {
		s.stop(NotJSON, "")
		return
	}
	if begins {
		s.begin(around, b)
	}
	switch {
	case b == '"':
		s.quoted = true
		s.text.reset(s.offset)
	case isAtom(b):
		s.text.add(b)
	case s.opened:
		s.enter(around, b == '{')
	case b == ',':
		s.comma()
	case b == '}' || b == ']':
		s.leave()
	}
}

// stop ends all reading. The first fault is the one that is told.
func (s *Scanner) stop(kind FaultKind, field string) {
	if s.fault == nil {
		s.fault = &Fault{kind, field}
	}
}

// decoded is the token with its escapes resolved. It reports false for what one parser keeps and
// another one ends, drops or replaces: broken UTF-8, half of a surrogate pair, a zero.
func (s *Scanner) decoded() (string, bool) {
	switch {
	case s.text.cut:
		return string(s.text.bytes), true // equal to no name
	case !s.text.escaped:
		return string(s.text.bytes), utf8.Valid(s.text.bytes)
	}
	var text string
	if json.Unmarshal([]byte(`"`+string(s.text.bytes)+`"`), &text) != nil {
		return "", false
	}
	return text, utf8.Valid(s.text.bytes) && !strings.ContainsAny(text, "\x00\uFFFD")
}
