package jsontext

import "unicode/utf8"

// AppendString appends s as a JSON string, as encoding/json writes one where SetEscapeHTML is off: < > and & stay,
// U+2028 and U+2029, which end a line in older JavaScript, do not, and what is no UTF-8 becomes U+FFFD.
func AppendString(to []byte, s string) []byte {
	to = append(to, '"')
	for len(s) > 0 {
		n := run(s, everyHigh)
		to = append(to, s[:n]...)
		if s = s[n:]; len(s) == 0 {
			break
		}
		// Of what run stops at, ASCII needs an escape, and all else has to be looked at as a whole character.
		if s[0] < utf8.RuneSelf {
			to, s = appendEscape(to, s[0]), s[1:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1: // a byte of its own, not a U+FFFD that somebody has written
			to = append(to, `\ufffd`...)
		case r == '\u2028':
			to = append(to, `\u2028`...)
		case r == '\u2029':
			to = append(to, `\u2029`...)
		default:
			to = append(to, s[:size]...)
		}
		s = s[size:]
	}
	return append(to, '"')
}

// appendEscape appends an ASCII character that cannot stand for itself. Seven of them have a short form (RFC 8259,
// section 7), of which encoding/json leaves out that of the slash, which needs none.
func appendEscape(to []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(to, '\\', b)
	case '\b':
		return append(to, `\b`...)
	case '\f':
		return append(to, `\f`...)
	case '\n':
		return append(to, `\n`...)
	case '\r':
		return append(to, `\r`...)
	case '\t':
		return append(to, `\t`...)
	}
	const hex = "0123456789abcdef"
	return append(to, '\\', 'u', '0', '0', hex[b>>4], hex[b&0xf])
}
