package body

import "modelbeam/tunnel/jsontext"

// maxToken is longer than any model's name. What is longer is cut and so equal to none.
const maxToken = 512

// token is the string or atom that is being read: its beginning, without quotes and with escapes as
// they are.
type token struct {
	bytes   []byte
	start   int64 // where it begins, a string with its quote
	cut     bool  // it was longer than maxToken
	escaped bool  // there are escapes in it
	escape  uint8 // how far it is in one: 0 outside, 1 after the backslash, 2 to 5 before a digit of \u
}

func (t *token) reset(start int64) {
	*t = token{bytes: t.bytes[:0], start: start}
}

func (t *token) add(p ...byte) {
	room := maxToken - len(t.bytes)
	t.cut = t.cut || len(p) > room
	t.bytes = append(t.bytes, p[:min(len(p), max(room, 0))]...)
}

// read reads on in a string and returns how many bytes it took, and whether the string is over. ok is
// false for what no string may have (RFC 8259, section 7).
func (t *token) read(p []byte) (n int, over, ok bool) {
	switch b := p[0]; {
	case t.escape > 0:
		t.escape, ok = afterEscape(t.escape, b)
		t.add(b)
		return 1, false, ok
	case b == '"':
		return 1, true, true
	case b == '\\':
		t.escape, t.escaped = 1, true
		t.add(b)
		return 1, false, true
	case b < ' ':
		return 1, false, false
	}
	n = jsontext.Plain(p)
	t.add(p[:n]...)
	return n, false, true
}

// afterEscape returns how far an escape is after b.
func afterEscape(at uint8, b byte) (next uint8, ok bool) {
	switch {
	case at > 1:
		return (at + 1) % 6, isHex(b)
	case b == 'u':
		return 2, true
	}
	switch b {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 0, true
	}
	return 0, false
}

func isHex(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F'
}
