//go:build !windows

package launch

import (
	"fmt"
	"syscall"
)

// onItsOwn puts a program into a session of its own: a Ctrl-C in our terminal is not for it.
func onItsOwn() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// hasEnded looks whether a program of ours has ended, and whether with an error. It does not wait. It is
// true once only: then the system forgets the program.
func hasEnded(pid int) (bool, error) {
	var status syscall.WaitStatus
	is, err := syscall.Wait4(pid, &status, syscall.WNOHANG, nil)
	switch {
	case err == syscall.EINTR || err == nil && is == 0:
		return false, nil
	case err != nil:
		return true, nil // somebody else was told how it ended
	case status != 0:
		return true, fmt.Errorf("%w: exit status %d, signal %d", errFailed, status.ExitStatus(), status.Signal())
	}
	return true, nil
}
