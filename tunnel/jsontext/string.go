package jsontext

import (
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Plain returns how many bytes at the beginning of p stand for themselves in a string.
func Plain[T []byte | string](p T) int { return run(p, 0) }

// everyHigh has the bit of each byte that no ASCII has.
const everyHigh = 0x8080808080808080

// run returns how many bytes at the beginning of p are neither quotes, backslashes nor control characters, nor have
// one of the bits of stop. It looks at eight of them at once, since a photo is one string of megabytes: in special the
// lowest of the high bits that are set is that of the first byte to stop at
// (https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord).
func run[T []byte | string](p T, stop uint64) (n int) {
	const each = 0x0101010101010101
	for ; len(p)-n >= 8; n += 8 {
		word := load(p[n:])
		quote, backslash := word^each*'"', word^each*'\\'
		special := (word-each*' ')&^word | (quote-each)&^quote | (backslash-each)&^backslash
		if special = special&everyHigh | word&stop; special != 0 {
			return n + bits.TrailingZeros64(special)/8
		}
	}
	for n < len(p) && p[n] >= ' ' && p[n] != '"' && p[n] != '\\' && p[n]&byte(stop) == 0 {
		n++
	}
	return n
}

// load reads eight bytes as binary.LittleEndian does, which has no such method for strings. It becomes one instruction.
func load[T []byte | string](p T) uint64 {
	_ = p[7] // one check of the bounds is enough
	return uint64(p[0]) | uint64(p[1])<<8 | uint64(p[2])<<16 | uint64(p[3])<<24 |
		uint64(p[4])<<32 | uint64(p[5])<<40 | uint64(p[6])<<48 | uint64(p[7])<<56
}

// quoted takes a string and returns what is between its quotes, as it stands there, and whether there are escapes
// in it. All of them are as RFC 8259 has them; what they stand for, decoded finds out, for who wants to know.
func (c *Cursor) quoted() (inside []byte, escaped bool) {
	c.want('"')
	for n := 0; ; {
		n += Plain(c.rest[n:])
		switch {
		case n == len(c.rest) || c.rest[n] < ' ': // section 7 has no control characters
			c.GiveUp()
			return nil, false
		case c.rest[n] == '"':
			inside, c.rest = c.rest[:n], c.rest[n+1:]
			return inside, escaped
		}
		escaped = true // what is left of what Plain stops at is a backslash
		length := escapeLength(c.rest[n:])
		if length == 0 {
			c.GiveUp()
			return nil, false
		}
		n += length
	}
}

// escapeLength is how long the escape is that text begins with; 0 if it is none. Half of a surrogate pair is one here,
// as to encoding/json, which replaces it: whether it is whole matters to who wants the text, and to nobody else.
func escapeLength(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := codeUnit(text); ok {
			return unitLength
		}
	}
	return 0
}

// unitLength is that of \u and four digits.
const unitLength = 6

// codeUnit reads a \u and its digits at the beginning of text. One that stands for more than 16 bits comes as two
// of them (RFC 8259, section 7).
func codeUnit(text []byte) (unit rune, ok bool) {
	if len(text) < unitLength || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	for _, b := range text[2:unitLength] {
		switch {
		case b >= '0' && b <= '9':
			b -= '0'
		case b >= 'a' && b <= 'f':
			b -= 'a' - 10
		case b >= 'A' && b <= 'F':
			b -= 'A' - 10
		default:
			return 0, false
		}
		unit = unit<<4 | rune(b)
	}
	return unit, true
}

// decoded resolves the escapes of a string that quoted has taken. It reports false for what encoding/json would
// have to replace: broken UTF-8, half of a surrogate pair. No server means to send that, so it is not worth code here.
func decoded(inside []byte, escaped bool) (string, bool) {
	if !utf8.Valid(inside) {
		return "", false
	}
	if !escaped {
		return string(inside), true
	}
	text := make([]byte, 0, len(inside)) // an escape is longer than what it stands for
	for len(inside) > 0 {
		n := Plain(inside)
		text = append(text, inside[:n]...)
		if inside = inside[n:]; len(inside) == 0 {
			break
		}
		r, length := escape(inside)
		if length == 0 {
			return "", false
		}
		text = utf8.AppendRune(text, r)
		inside = inside[length:]
	}
	return string(text), true
}

// escape reads the escape, or the two of a surrogate pair, that text begins with. Its length is 0 where the other half
// is missing. That it is an escape, escapeLength has seen.
func escape(text []byte) (r rune, length int) {
	switch b := text[1]; b {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		return unicode(text)
	default: // a quote, a slash or a backslash
		return rune(b), 2
	}
}

// unicode reads an escape of digits, or two of them.
func unicode(text []byte) (r rune, length int) {
	r, _ = codeUnit(text)
	if !utf16.IsSurrogate(r) {
		return r, unitLength
	}
	low, ok := codeUnit(text[unitLength:])
	if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
		return 0, 0
	}
	return r, 2 * unitLength
}
