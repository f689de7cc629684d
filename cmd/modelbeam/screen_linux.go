package main

import "os"

// hasScreen says whether a window can open at all. Fyne would panic without one, as on a server
// or over SSH.
func hasScreen() bool { return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" }
