package llm

import (
	"errors"

	"golang.org/x/sys/windows"
)

// refused says that a dial failed because nothing listens. Windows has another number for that, which
// syscall.ECONNREFUSED does not match.
func refused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }

// maxMissed is how many knocks in a row may go without an answer before a server counts as gone.
// It is small because Windows takes longer to refuse a connection than a knock waits, so that
// this is what a server that has stopped looks like.
const maxMissed = 3
