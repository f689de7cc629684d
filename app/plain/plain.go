// Package plain prints what others have said: names of models and servers, errors, addresses. A
// terminal obeys some of the characters that may be in there (ECMA-48: C0 and C1 controls, which
// set titles, clear screens and answer questions), and some turn the direction of what stands
// around them. Nothing of that gets through.
package plain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns s as one line of visible characters. Each that is not visible becomes U+FFFD, so
// that two names that differ still do; white space becomes a blank.
func Text(s string) string { return strings.Map(visible, s) }

func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsPrint(r):
		return r
	}
	return utf8.RuneError
}

// Printf is fmt.Fprintf with Text for every argument that is or has a text. What the format says
// stays as it is.
func Printf(w io.Writer, format string, args ...any) error {
	shown := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			shown[i] = Text(v)
		case error:
			shown[i] = Text(v.Error())
		case fmt.Stringer:
			shown[i] = Text(v.String())
		default:
			shown[i] = v
		}
	}
	_, err := fmt.Fprintf(w, format, shown...)
	return err
}

// Encode writes v as one line of JSON that a terminal shows as it is. encoding/json escapes the C0
// controls and leaves DEL, C1 and what turns the direction of text (Unicode UAX #9) to the reader.
func Encode(w io.Writer, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(escape(line), '\n'))
	return err
}

// escape writes as \uXXXX what has an effect on a terminal. In JSON such characters can only stand
// in a string, where that means the same.
func escape(line []byte) []byte {
	if bytes.IndexFunc(line, obeyed) < 0 {
		return line
	}
	var b bytes.Buffer
	for _, r := range string(line) {
		if obeyed(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}

func obeyed(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Bidi_Control) }
