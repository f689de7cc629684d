//go:build !windows

package llm

import (
	"errors"
	"syscall"
)

// refused says that a dial failed because nothing listens.
func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
