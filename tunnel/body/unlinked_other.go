//go:build unix && !linux

package body

import (
	"errors"
	"os"
)

// createUnlinked is for Linux alone.
func createUnlinked() (*os.File, error) { return nil, errors.ErrUnsupported }
