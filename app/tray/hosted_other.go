//go:build !linux && (!darwin || cgo)

package tray

import "context"

// Hosted reports whether something shows tray icons now. That is always so: Windows has a notification
// area, macOS a menu bar.
func Hosted(context.Context) bool { return true }
