package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"modelbeam/app"
	"modelbeam/app/words"
)

// tray is the icon in the system tray and its menu.
type tray struct {
	desktop desktop.App
	menu    *fyne.Menu
	line    *fyne.MenuItem // how things are; it cannot be pressed
	pause   *fyne.MenuItem
	paused  bool
}

// newTray is nil on a system without trays.
func newTray(u *UI) *tray {
	d, ok := u.app.(desktop.App)
	if !ok {
		return nil
	}
	t := &tray{
		desktop: d,
		line:    fyne.NewMenuItem("Modelbeam", nil),
		pause:   fyne.NewMenuItem(words.L("Pause"), u.togglePause),
	}
	t.line.Disabled = true
	quit := fyne.NewMenuItem(words.L("Quit"), u.quit)
	quit.IsQuit = true
	t.menu = fyne.NewMenu("Modelbeam",
		t.line, fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(words.L("Show Modelbeam"), u.show), t.pause, fyne.NewMenuItemSeparator(),
		quit)
	d.SetSystemTrayIcon(trayIcon(false))
	d.SetSystemTrayMenu(t.menu)
	if trayClickShows {
		d.SetSystemTrayWindow(u.window)
		// Fyne has just replaced our answer to the close button by "hide", which on a
		// desktop without a tray would lose the window.
		u.window.SetCloseIntercept(u.closeAsked)
	}
	return t
}

func (t *tray) show(s app.State) {
	line, pause, paused := words.Headline(s), pauseLabel(s), s.Phase == app.Paused
	failed := s.Phase == app.Failed
	if line == t.line.Label && pause == t.pause.Label && failed == t.pause.Disabled {
		return // rebuilding an open menu would close it on some desktops
	}
	if paused != t.paused {
		t.paused = paused
		t.desktop.SetSystemTrayIcon(trayIcon(paused))
	}
	t.line.Label, t.pause.Label, t.pause.Disabled = line, pause, failed
	t.menu.Refresh()
}
