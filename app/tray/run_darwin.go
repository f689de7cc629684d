//go:build cgo

package tray

import (
	"context"
	"sync"

	"fyne.io/systray"

	"modelbeam/assets"
)

const (
	// shortcutMark: macOS has none.
	shortcutMark = ""
	// tapShows is off: a click on an icon in the menu bar opens its menu.
	tapShows = false
)

// live shows the tray in the menu bar. It runs Cocoa's loop, which has to be on the main thread.
func (t *tray) live(ctx context.Context) {
	ready := make(chan struct{})
	var following sync.WaitGroup
	following.Go(func() {
		<-ready
		t.build(ctx)
		t.follow(ctx, func() {})
		systray.Quit()
	})
	systray.Run(func() { close(ready) }, nil)
	following.Wait()
}

// drawIcon shows a template, which macOS colours to suit the menu bar.
func drawIcon(paused bool) {
	if paused {
		systray.SetTemplateIcon(assets.TrayTemplatePausedPNG, assets.TrayPausedPNG)
	} else {
		systray.SetTemplateIcon(assets.TrayTemplatePNG, assets.TrayPNG)
	}
}
