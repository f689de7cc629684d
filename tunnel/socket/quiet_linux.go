//go:build !race

package socket

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func readOnce(fd int, p []byte) (int, error) {
	return result(syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p))))
}

// writeOnce leaves SIGPIPE to the runtime, which takes no notice of it for a socket (os/signal).
func writeOnce(fd int, p []byte) (int, error) {
	return result(syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p))))
}

// Ended reports whether the other end has closed a connection, or only its direction of it, or has said something. It
// takes nothing away from who reads, and does not wait.
func Ended(fd int) bool {
	ask, atOnce := unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}, unix.Timespec{}
	n, _, err := syscall.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&ask)), 1, uintptr(unsafe.Pointer(&atOnce)), 0, 0, 0)
	return n != 0 && err != syscall.EINTR
}

// result is that of a call. An Errno of 0 is no error, but would be one in an interface.
func result(n, _ uintptr, err syscall.Errno) (int, error) {
	if err != 0 {
		return 0, err
	}
	return int(n), nil
}
