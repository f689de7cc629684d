package download

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// unseen keeps a program for terminals from opening one.
func unseen() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
}
