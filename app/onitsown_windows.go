package app

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// onItsOwn gives a program no console window, and none of our Ctrl-Cs.
func onItsOwn() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW | windows.CREATE_NEW_PROCESS_GROUP}
}
