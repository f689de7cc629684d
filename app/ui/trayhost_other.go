//go:build !linux && !darwin

package ui

import "context"

// trayHost is always there: the notification area of Windows.
func trayHost(context.Context) bool { return true }
