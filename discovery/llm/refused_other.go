//go:build !windows

package llm

import (
	"errors"
	"syscall"
)

// refused says that a dial failed because nothing listens.
func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// maxMissed is how many knocks in a row may go without an answer before a server counts as gone.
// It may be large because one that has stopped is refused at once.
const maxMissed = 10
