package launch

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/windows"
)

// onItsOwn gives a program no console window, and none of our Ctrl-Cs.
func onItsOwn() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW | windows.CREATE_NEW_PROCESS_GROUP}
}

// stillActive is what GetExitCodeProcess says of a program that runs (STILL_ACTIVE in its
// documentation).
const stillActive = 259

// hasEnded looks whether a program of ours has ended, and whether with an error. It does not wait.
func hasEnded(pid int) (bool, error) {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return true, nil // it is gone, and nobody knows how
	}
	defer windows.CloseHandle(h)
	var code uint32
	if err := windows.GetExitCodeProcess(h, &code); err != nil || code == stillActive {
		return false, nil
	}
	if code != 0 {
		return true, fmt.Errorf("%w: exit status %d", errFailed, code)
	}
	return true, nil
}
