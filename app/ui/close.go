package ui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"modelbeam/app/words"
)

// toldStays is the preference that says that the person knows that the service goes on without the window.
const toldStays = "told-service-stays"

// askQuit asks whether the service, and with it the window, is to end.
func (u *UI) askQuit() {
	u.ask(question{
		title: words.L("Stop sharing and quit?"),
		body:  words.L("Phones cannot use the AI on this computer while Modelbeam is closed."),
		yes:   words.L("Stop and quit"), no: words.L("Keep sharing"), danger: true,
		onYes: func(string) { u.ctl.Quit() },
	})
}

// tellStays says, until the person takes note of it once, that closing the window ends nothing. Where a tray
// shows our icon nobody needs to be told.
func (u *UI) tellStays() {
	if !u.app.Preferences().Bool(toldStays) {
		u.stays = true
		u.draw()
	}
}

func (u *UI) stopTellingStays() {
	u.app.Preferences().SetBool(toldStays, true)
	u.stays = false
	u.draw()
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
