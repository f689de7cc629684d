package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// followsEscapes has a console follow the codes of ECMA-48, which one of Windows only does when asked to, and
// shows as text otherwise. It reports whether this one does.
func followsEscapes(f *os.File) bool {
	console, mode := windows.Handle(f.Fd()), uint32(0)
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
