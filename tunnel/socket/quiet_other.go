//go:build !windows && (!linux || race)

package socket

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// The calls are those of package syscall, as net's are: what the race detector takes for said when something is written
// is heard where the same package reads.

func readOnce(fd int, p []byte) (int, error) { return syscall.Read(fd, p) }

func writeOnce(fd int, p []byte) (int, error) { return syscall.Write(fd, p) }

// Ended reports whether the other end has closed a connection, or only its direction of it, or has said something. It
// takes nothing away from who reads, and does not wait.
func Ended(fd int) bool {
	ask := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(ask, 0)
	return n != 0 && !errors.Is(err, unix.EINTR)
}
