package transport

// receive reads once into the free part of the buffer. It takes a buffer only when there is something to
// read: until then the runtime waits with a read of no bytes, which RawConn does here.
func (c *conn) receive() (int, error) {
	if c.raw != nil && c.buffer == nil {
		c.got = 0
		if err := c.raw.Read(c.try); err != nil {
			return 0, err //nolint:wrapcheck // a net.OpError that says all
		}
	}
	return c.receiveAtOnce()
}

// tryRead reports whether it was called before: it is again when there is something to read.
func (c *conn) tryRead(uintptr) bool {
	c.got++
	return c.got > 1
}
