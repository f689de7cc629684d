//go:build !windows

package transport

import (
	"errors"
	"os"
	"syscall"

	"modelbeam/tunnel/socket"
)

// receive reads once into the free part of the buffer. It takes a buffer only when there is something to
// read: the system is asked first, and the runtime tells when to ask again.
func (c *conn) receive() (int, error) {
	if c.raw == nil {
		return c.receiveAtOnce()
	}
	if err := c.raw.Read(c.try); err != nil {
		return 0, err //nolint:wrapcheck // a net.OpError that says all
	}
	return c.got, c.failed
}

// tryRead reports whether reading has come to something: false when it would wait.
func (c *conn) tryRead(fd uintptr) bool {
	n, err := socket.Read(int(fd), c.room())
	if errors.Is(err, syscall.EAGAIN) {
		c.release()
		return false
	}
	c.got, c.failed = n, os.NewSyscallError("read", err)
	return true
}
