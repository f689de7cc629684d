//go:build !windows

package logfile

import (
	"os"
	"syscall"
)

// open opens what is at path for appending, and follows no link that somebody has put there. A named pipe
// would hold up the opening until somebody reads from it, but for O_NONBLOCK (fifo(7)).
func open(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_APPEND|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}
