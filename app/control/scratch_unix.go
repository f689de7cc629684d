//go:build !windows

package control

import (
	"errors"
	"os"
)

// scratch is a file that is gone when everybody who has it open has closed it.
func scratch() (*os.File, error) {
	f, err := os.CreateTemp("", "modelbeam-*.txt")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
