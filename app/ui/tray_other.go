//go:build !darwin

package ui

import (
	"bytes"
	"image/png"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"

	"modelbeam/assets"
)

// trayClickShows makes a click on the icon show the window; the menu is on the other button.
const trayClickShows = true

// trayIcon carries its own colours: a panel is often dark under a light theme.
func trayIcon(paused bool) fyne.Resource {
	if paused {
		return drawn(fyne.NewStaticResource("tray-paused.svg", assets.TrayPaused))
	}
	return drawn(fyne.NewStaticResource("tray.svg", assets.Tray))
}

// traySize is how large Fyne draws tray icons, in pixels.
const traySize = 64

// drawn is an SVG as a PNG, made on Fyne's goroutine. Fyne would draw the tray's first icon on
// another one, while this one may use the same unlocked cache of drawings for the window.
func drawn(svg fyne.Resource) fyne.Resource {
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(svg))
	c.Resize(fyne.NewSquareSize(traySize))
	var picture bytes.Buffer
	if err := png.Encode(&picture, c.Capture()); err != nil {
		fyne.LogError("draw "+svg.Name(), err)
		return svg
	}
	return fyne.NewStaticResource(svg.Name()+".png", picture.Bytes())
}
