//go:build !windows

package download

import "syscall"

// unseen is for Windows, which opens a terminal for a program without one.
func unseen() *syscall.SysProcAttr { return nil }
