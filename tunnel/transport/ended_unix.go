//go:build !windows

package transport

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// ended reports whether the other end has closed an idle connection, or only its direction of it, or has
// said something unasked, which is that it will: 408 or, with TLS, an alert. It takes nothing away from
// who reads, and does not wait.
func ended(raw syscall.RawConn) bool {
	over := false
	// Control and not Read: net/http has a read under way all the time, and that would wait for it.
	err := raw.Control(func(fd uintptr) {
		var b [1]byte
		_, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		over = !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR)
	})
	return err != nil || over
}
