//go:build !darwin

package ui

import (
	"fyne.io/fyne/v2"

	"modelbeam/assets"
)

// trayClickShows makes a click on the icon show the window; the menu is on the other button.
const trayClickShows = true

// trayIcon carries its own colours: a panel is often dark under a light theme.
func trayIcon(paused bool) fyne.Resource {
	if paused {
		return fyne.NewStaticResource("tray-paused.svg", assets.TrayPaused)
	}
	return fyne.NewStaticResource("tray.svg", assets.Tray)
}
