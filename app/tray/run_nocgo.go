//go:build darwin && !cgo

package tray

import "context"

// shortcutMark: macOS has none.
const shortcutMark = ""

// live shows nothing: the menu bar of macOS takes Objective-C.
func (t *tray) live(ctx context.Context) { <-ctx.Done() }

// Hosted says that there is no tray.
func Hosted(context.Context) bool { return false }

type icon struct{}
