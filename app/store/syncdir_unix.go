//go:build !windows

package store

import (
	"errors"
	"os"
)

// syncDir makes the rename itself durable (fsync(2): "Calling fsync() does not necessarily
// ensure that the entry in the directory containing the file has also reached disk").
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
