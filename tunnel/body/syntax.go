package body

// syntax knows what may come next in the text of one JSON object (RFC 8259), outside of strings.
// Of numbers and literals it only knows which bytes they are made of: what a server makes of "tru" is its
// own business, as long as both agree on where it ends.
//
// It is a state and a stack. The stack has one bit for an open container, since all there is to know of one
// is whether it is an object; so a body that is nested as deep as it may be costs 128 bytes.
type syntax struct {
	expect  expectation
	depth   int
	opened  bool                  // the byte that was accepted last has opened a container
	objects [maxDepth / 64]uint64 // bit d-1: the container at depth d is an object
}

// maxDepth bounds how deep containers can lie in one another. Python's parser has a bound near it.
const maxDepth = 1024

type expectation uint8

const (
	wantObject     expectation = iota // the beginning of everything
	wantKey                           // after a comma in an object
	wantKeyOrEnd                      // after {
	wantColon                         // after a key
	wantValue                         // after a colon, or a comma in an array
	wantValueOrEnd                    // after [
	inAtom                            // in a number or literal
	wantNext                          // after a value: a comma or an end
	wantNothing                       // after the object
)

// accept takes a byte and reports whether it may stand where it does. A quote stands for the whole
// string.
func (s *syntax) accept(b byte) bool {
	s.opened = false
	if isSpace(b) {
		if s.expect == inAtom {
			s.expect = wantNext
		}
		return true
	}
	if isAtom(b) {
		ok := s.expect == wantValue || s.expect == wantValueOrEnd || s.expect == inAtom
		s.expect = inAtom
		return ok
	}
	if s.expect == inAtom {
		s.expect = wantNext
	}
	switch b {
	case '"':
		return s.acceptString()
	case ':':
		ok := s.expect == wantColon
		s.expect = wantValue
		return ok
	case ',':
		return s.comma()
	case '{', '[':
		return s.open(b == '{')
	case '}', ']':
		return s.close(b == '}')
	}
	return false
}

// acceptString takes a whole string, which is a name or a value by where it stands.
func (s *syntax) acceptString() bool {
	switch s.expect {
	case wantKey, wantKeyOrEnd:
		s.expect = wantColon
	case wantValue, wantValueOrEnd:
		s.expect = wantNext
	default:
		return false
	}
	return true
}

// comma must be followed by something: RFC 8259 has no comma before an end, though some parsers do.
func (s *syntax) comma() bool {
	ok := s.expect == wantNext
	s.expect = wantValue
	if s.inObject() {
		s.expect = wantKey
	}
	return ok
}

func (s *syntax) open(isObject bool) bool {
	ok := s.expect == wantValue || s.expect == wantValueOrEnd || s.expect == wantObject && isObject
	if !ok || s.depth == maxDepth {
		return false
	}
	word, bit := s.depth/64, uint64(1)<<(s.depth%64)
	s.objects[word] &^= bit
	s.expect = wantValueOrEnd
	if isObject {
		s.objects[word] |= bit
		s.expect = wantKeyOrEnd
	}
	s.depth++
	s.opened = true
	return true
}

// close takes the end of the innermost container, which must be of its kind.
func (s *syntax) close(isObject bool) bool {
	ok := s.expect == wantNext || s.expect == wantKeyOrEnd || s.expect == wantValueOrEnd
	if !ok || s.inObject() != isObject {
		return false
	}
	s.depth--
	s.expect = wantNext
	if s.depth == 0 {
		s.expect = wantNothing
	}
	return true
}

func (s *syntax) inObject() bool {
	d := s.depth - 1
	return d >= 0 && s.objects[d/64]&(1<<(d%64)) != 0
}

// isSpace knows the four of RFC 8259 and no more: what else is space to one parser is an error to another.
func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\r' || b == '\t' }

// isAtom tells the bytes of numbers, true, false and null, and of the NaN and Infinity that Python writes.
func isAtom(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '+' || b == '.'
}
