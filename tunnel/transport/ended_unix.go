//go:build !windows

package transport

import (
	"syscall"

	"modelbeam/tunnel/socket"
)

// looker looks at idle connections. It is kept with a connection, so that looking takes no memory.
type looker struct {
	over bool
	look func(fd uintptr) // do, bound once
}

// ended reports whether the other end has closed an idle connection, or only its direction of it, or has
// said something unasked, which is that it will: 408 or, with TLS, an alert. It takes nothing away from
// who reads, and does not wait.
func (l *looker) ended(raw syscall.RawConn) bool {
	if l.look == nil {
		l.look = l.do
	}
	// Control and not Read: net/http has a read under way all the time, and that would wait for it.
	err := raw.Control(l.look)
	return err != nil || l.over
}

func (l *looker) do(fd uintptr) { l.over = socket.Ended(int(fd)) }
