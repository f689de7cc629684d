package ui

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"modelbeam/app/words"
)

// trayHostPatience bounds the look for a tray while the window waits to close.
const trayHostPatience = 500 * time.Millisecond

// closeAsked is the window's close button. With a tray, sharing goes on in the background; without
// one a hidden window could never be opened again, so the person decides.
func (u *UI) closeAsked() {
	ctx, cancel := context.WithTimeout(context.Background(), trayHostPatience)
	defer cancel()
	if u.tray != nil && u.trayHost(ctx) {
		u.hide()
		return
	}
	u.ask(question{
		title: words.L("Stop sharing and quit?"),
		body:  words.L("Phones cannot use the AI on this computer while Modelbeam is closed."),
		yes:   words.L("Stop and quit"), no: words.L("Keep sharing"), danger: true,
		onYes: func(string) { u.quit() },
	})
}

// quit ends Run. On its way out Fyne stops watching its settings file, and panics if the system had
// no watch left for it, as when a development tool has used them all up; see fs.inotify in
// inotify(7).
func (u *UI) quit() {
	defer func() {
		if broken := recover(); broken != nil {
			fyne.LogError("quit", fmt.Errorf("panic: %v", broken))
		}
	}()
	u.app.Quit()
}
