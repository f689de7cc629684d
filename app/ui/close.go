package ui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"modelbeam/app"
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

// farewell is what is said once, when a phone is there: that the window may be closed.
type farewell struct{ title, advice string }

// farewell is empty where it was said before, or would not be true. It waits for a phone: before there is one, the
// window is where the code is.
func (u *UI) farewell(s app.State) farewell {
	if u.app.Preferences().Bool(toldStays) || s.Phase != app.Sharing || len(s.Devices) == 0 {
		return farewell{}
	}
	if u.inTray {
		return farewell{words.L("You can close this window."), words.StaysInTray()}
	}
	return farewell{words.L("You can close this window."), words.L("Phones stay connected. Open Modelbeam again to bring it back, or to quit.")}
}

// tookLeave takes note that the person knows.
func (u *UI) tookLeave() {
	u.app.Preferences().SetBool(toldStays, true)
	u.draw()
}

// close closes the window. Who does that while it says that they can has read it.
func (u *UI) close() {
	if u.farewell(u.last) != (farewell{}) {
		u.app.Preferences().SetBool(toldStays, true)
	}
	u.window.Close()
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
