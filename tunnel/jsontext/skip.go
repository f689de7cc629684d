package jsontext

// Skip takes a value of any kind and makes nothing of it. It must be JSON all the same (RFC 8259): a text that has an
// error anywhere is refused by encoding/json as a whole, and so it must not be read here.
func (c *Cursor) Skip() { c.skip(maxDepth) }

// Raw takes a value as Skip does, and returns its text, with spaces in front of it or not.
func (c *Cursor) Raw() []byte {
	text := c.rest
	c.Skip()
	return text[:len(text)-len(c.rest)]
}

func (c *Cursor) skip(depth int) {
	c.space()
	if len(c.rest) == 0 || depth == 0 {
		c.GiveUp()
		return
	}
	switch b := c.rest[0]; b {
	case '"':
		c.quoted()
	case '{':
		c.skipObject(depth - 1)
	case '[':
		for range c.Elements {
			c.skip(depth - 1)
		}
	case 't', 'f', 'n': // or a word that only begins so
		if !c.literal("null") && !c.literal("true") && !c.literal("false") {
			c.GiveUp()
		}
	default:
		c.skipNumber()
	}
}

// skipObject does not look at the names, as Members would: nobody will ask for them, so that it does not matter which
// of them are the same.
func (c *Cursor) skipObject(depth int) {
	c.want('{')
	if c.next('}') {
		return
	}
	for more := true; more && !c.odd; more = c.next(',') {
		c.quoted()
		c.want(':')
		c.skip(depth)
	}
	c.want('}')
}

// skipNumber takes one as section 6 has it: no zero in front of other digits, a digit behind the point.
func (c *Cursor) skipNumber() {
	c.one("-") // but no plus
	if !c.one("0") && c.digits() == 0 {
		c.GiveUp()
	}
	if c.one(".") && c.digits() == 0 {
		c.GiveUp()
	}
	if c.one("eE") {
		c.one("+-")
		if c.digits() == 0 {
			c.GiveUp()
		}
	}
}

// one takes one of some bytes, if one comes at once, and reports whether it did. Within a number there is no space,
// which next would leave out.
func (c *Cursor) one(of string) bool {
	if len(c.rest) == 0 {
		return false
	}
	for i := range len(of) {
		if c.rest[0] == of[i] {
			c.rest = c.rest[1:]
			return true
		}
	}
	return false
}

// digits takes all that come, and returns how many.
func (c *Cursor) digits() int {
	n := 0
	for n < len(c.rest) && c.rest[n] >= '0' && c.rest[n] <= '9' {
		n++
	}
	c.rest = c.rest[n:]
	return n
}
