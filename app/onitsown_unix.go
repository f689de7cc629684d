//go:build !windows

package app

import "syscall"

// onItsOwn puts a program into a session of its own: a Ctrl-C in our terminal is not for it.
func onItsOwn() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
