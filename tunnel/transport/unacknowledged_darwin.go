package transport

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// limitUnacknowledged makes a connection break when what was sent is not acknowledged for goneAfter
// (TCP_RXT_CONNDROPTIME, in seconds, in xnu's bsd/netinet/tcp.h).
func limitUnacknowledged(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) {
		// Where the system does not know the option, as under WSL 1, the probes have to do.
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_RXT_CONNDROPTIME, int(goneAfter.Seconds()))
	})
}
