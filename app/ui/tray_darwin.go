package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"modelbeam/assets"
)

// trayClickShows is off: on macOS a click on a menu bar icon opens its menu.
const trayClickShows = false

// trayHost is always there: the menu bar.
func trayHost(context.Context) bool { return true }

// trayIcon is a template image, which macOS colours to suit the menu bar.
func trayIcon(paused bool) fyne.Resource {
	if paused {
		return theme.NewThemedResource(fyne.NewStaticResource("tray-template-paused.svg", assets.TrayTemplatePaused))
	}
	return theme.NewThemedResource(fyne.NewStaticResource("tray-template.svg", assets.TrayTemplate))
}
