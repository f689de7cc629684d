//go:build !windows

package transport

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// closedByPeer reports whether the other end has closed a connection, or only its direction of it.
// It takes nothing away from who reads, and does not wait.
func closedByPeer(raw syscall.RawConn) bool {
	closed := false
	// Control and not Read: net/http has a read under way all the time, and that would wait for it.
	err := raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		waiting := errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR)
		closed = n <= 0 && !waiting
	})
	return err != nil || closed
}
