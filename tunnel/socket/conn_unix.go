//go:build !windows

package socket

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
)

// mostAtOnce is how many bytes are written in one call. Meanwhile the runtime cannot stop this thread, as it has to
// for a moment of each garbage collection: 64 KiB are copied in some 10 µs.
const mostAtOnce = 64 << 10

func wrap(c net.Conn) net.Conn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return c
	}
	return &conn{TCPConn: tcp, raw: raw}
}

// conn is a connection of TCP.
type conn struct {
	*net.TCPConn
	raw syscall.RawConn
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return c.TCPConn.Read(p) //nolint:wrapcheck // it is the net.Conn
	}
	t := transfers.Get().(*transfer)
	defer t.free()
	t.bytes = p
	if err := c.raw.Read(t.read); err != nil {
		return 0, err //nolint:wrapcheck // a net.OpError that says all
	}
	if t.done == 0 && t.failed == nil {
		return 0, io.EOF
	}
	return t.done, c.explain("read", t.failed)
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return c.TCPConn.Write(p) //nolint:wrapcheck // it is the net.Conn
	}
	t := transfers.Get().(*transfer)
	defer t.free()
	t.bytes = p
	if err := c.raw.Write(t.write); err != nil {
		return t.done, err //nolint:wrapcheck // a net.OpError that says all
	}
	return t.done, c.explain("write", t.failed)
}

// explain makes an error of a call what package net makes of it.
func (c *conn) explain(call string, err error) error {
	if err == nil {
		return nil
	}
	return &net.OpError{Op: call, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError(call, err)}
}

// transfers spares every call a closure for what RawConn wants to be given.
var transfers = sync.Pool{New: func() any {
	t := new(transfer)
	t.read, t.write = t.tryRead, t.tryWrite
	return t
}}

// transfer is one Read or Write.
type transfer struct {
	bytes       []byte
	done        int   // of them
	failed      error // an Errno
	read, write func(fd uintptr) bool
}

func (t *transfer) free() {
	t.bytes, t.done, t.failed = nil, 0, nil
	transfers.Put(t)
}

// tryRead reads once. It reports false when there is nothing yet, and is called again when there is.
func (t *transfer) tryRead(fd uintptr) bool {
	n, err := Read(int(fd), t.bytes)
	if errors.Is(err, syscall.EAGAIN) {
		return false
	}
	t.done, t.failed = n, err
	return true
}

// tryWrite writes all. It reports false when there is no room for more yet, and is called again when there is.
func (t *transfer) tryWrite(fd uintptr) bool {
	for t.done < len(t.bytes) {
		n, err := write(int(fd), t.bytes[t.done:min(t.done+mostAtOnce, len(t.bytes))])
		if errors.Is(err, syscall.EAGAIN) {
			return false
		}
		if err != nil {
			t.failed = err
			return true
		}
		t.done += n
	}
	return true
}

// Read reads of a socket that does not block, into p, which is not empty. It returns 0 where the other end has ended
// its direction. The error is a syscall.Errno: EAGAIN says that there is nothing yet.
func Read(fd int, p []byte) (int, error) {
	for {
		if n, err := readOnce(fd, p); err != syscall.EINTR { //nolint:errorlint // it is nothing else
			return max(n, 0), err
		}
	}
}

func write(fd int, p []byte) (int, error) {
	for {
		if n, err := writeOnce(fd, p); err != syscall.EINTR { //nolint:errorlint // it is nothing else
			return max(n, 0), err
		}
	}
}
