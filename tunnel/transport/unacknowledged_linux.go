package transport

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// limitUnacknowledged makes a connection break when the other end acknowledges nothing for goneAfter:
// keep-alive probes are not sent while something else waits to be acknowledged (tcp(7)).
func limitUnacknowledged(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) {
		// Where the system does not know the option, as under WSL 1, the probes have to do.
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(goneAfter.Milliseconds()))
	})
}
