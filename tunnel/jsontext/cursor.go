// Package jsontext reads and writes JSON where that takes no thought, at a small part of what encoding/json
// costs: it is for the pieces of a stream, of which thousands come in a second, and for long texts. What it
// reads it reads as encoding/json does, and what it writes is the same, byte by byte; fuzzing holds both. On
// all that is unusual it gives up, and whoever uses it then asks encoding/json.
package jsontext

import "bytes"

// Bounds of what is usual. A value that is nested deeper, or an object with more members, is for encoding/json.
const (
	maxDepth   = 32
	maxMembers = 24
)

// Cursor reads a JSON text from front to back. Its methods take what comes next. When that is not what they are
// for, or anything that parsers may disagree on, the cursor gives up: from then on all of them return nothing, loops
// end, and Done is false. So it is enough to ask Done, once, after everything was read. What its methods return
// before that may be wrong.
//
// A cursor is for one goroutine. It keeps nothing of the text.
type Cursor struct {
	rest []byte
	odd  bool // it has given up
}

// NewCursor returns one at the beginning of text.
func NewCursor(text []byte) Cursor { return Cursor{rest: text} }

// Done reports whether the text was read to its end, and is what encoding/json would have made of it.
func (c *Cursor) Done() bool {
	c.space()
	return !c.odd && len(c.rest) == 0
}

// Odd reports whether the cursor has given up. A copy of it from before can be used to go on in another way.
func (c *Cursor) Odd() bool { return c.odd }

// Left is how many bytes of the text are still to be read.
func (c *Cursor) Left() int { return len(c.rest) }

// GiveUp is for a value that its user did not expect.
func (c *Cursor) GiveUp() { c.odd, c.rest = true, nil }

// Members ranges over the names of an object. The loop must take the value of each, with any method of c, and must
// not be left before its end. A name is valid until then. To encoding/json a name in other letters is the same, and of
// two that are the same it takes parts of both: the cursor gives up on either.
func (c *Cursor) Members(yield func(name []byte) bool) {
	var names [maxMembers][]byte
	c.want('{')
	if c.next('}') {
		return
	}
	for i := 0; ; i++ {
		// The few names that an object has are compared one by one, which costs less than a map.
		name := c.name()
		if i == maxMembers || contains(names[:i], name) {
			c.GiveUp()
		}
		c.want(':')
		if c.odd {
			return
		}
		names[i] = name
		if !yield(name) || !c.next(',') {
			break
		}
	}
	c.want('}')
}

func contains(names [][]byte, name []byte) bool {
	for _, n := range names {
		if bytes.Equal(n, name) {
			return true
		}
	}
	return false
}

// name takes the name of a member, which has nothing but what stands in all names that matter here.
func (c *Cursor) name() []byte {
	name, _ := c.quoted()
	for _, b := range name {
		if (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '_' {
			c.GiveUp()
			return nil
		}
	}
	return name
}

// Elements ranges over the indices of an array. The loop must take the value at each, as with Members.
func (c *Cursor) Elements(yield func(i int) bool) {
	c.want('[')
	if c.next(']') {
		return
	}
	for i := 0; !c.odd; i++ {
		if !yield(i) || !c.next(',') {
			break
		}
	}
	c.want(']')
}

// Null takes a null, if one comes next, and reports whether it did.
func (c *Cursor) Null() bool { return c.literal("null") }

// Bool takes a true or a false.
func (c *Cursor) Bool() bool {
	if c.literal("true") {
		return true
	}
	if !c.literal("false") {
		c.GiveUp()
	}
	return false
}

// Text takes a string, decoded, or a null, which is none.
func (c *Cursor) Text() string {
	if c.Null() {
		return ""
	}
	inside, escaped := c.quoted()
	text, ok := decoded(inside, escaped)
	if !ok {
		c.GiveUp()
	}
	return text
}

// space leaves out what may stand between two tokens.
func (c *Cursor) space() {
	for len(c.rest) > 0 && c.rest[0] <= ' ' {
		switch c.rest[0] {
		case ' ', '\n', '\r', '\t':
			c.rest = c.rest[1:]
		default:
			c.GiveUp()
		}
	}
}

// next takes a byte, if it comes next, and reports whether it did.
func (c *Cursor) next(b byte) bool {
	c.space()
	if len(c.rest) == 0 || c.rest[0] != b {
		return false
	}
	c.rest = c.rest[1:]
	return true
}

// want takes a byte that has to come next.
func (c *Cursor) want(b byte) {
	if !c.next(b) {
		c.GiveUp()
	}
}

// literal takes a word, if it comes next, and reports whether it did. What follows the word is looked at by
// whoever comes next: no token goes on from it.
func (c *Cursor) literal(word string) bool {
	c.space()
	if len(c.rest) < len(word) || string(c.rest[:len(word)]) != word {
		return false
	}
	c.rest = c.rest[len(word):]
	return true
}
