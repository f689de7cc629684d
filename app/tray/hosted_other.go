//go:build !linux && !darwin

package tray

import "context"

// Hosted is always there: the notification area of Windows.
func Hosted(context.Context) bool { return true }
