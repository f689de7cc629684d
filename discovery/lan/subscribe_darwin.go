package lan

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// openEvents opens a socket on which the kernel tells of changed links, addresses and routes
// (route(4)). It takes no privileges.
func openEvents() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_ROUTE, unix.SOCK_RAW, unix.AF_UNSPEC)
	if err != nil {
		return nil, fmt.Errorf("open a routing socket: %w", err)
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("set up a routing socket: %w", err)
	}
	return os.NewFile(uintptr(fd), "route"), nil
}
