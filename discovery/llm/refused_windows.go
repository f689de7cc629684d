package llm

import (
	"errors"

	"golang.org/x/sys/windows"
)

// refused says that a dial failed because nothing listens. Windows has a number of its own for
// it, which syscall.ECONNREFUSED does not match.
func refused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }
