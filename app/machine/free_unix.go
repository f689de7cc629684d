//go:build unix

package machine

import (
	"fmt"

	"golang.org/x/sys/unix"
)

func free(folder string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, fmt.Errorf("ask for the room at %s: %w", folder, err)
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}
