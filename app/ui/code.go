package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/words"
)

// codeLife is how long an app may take to scan its code: then the key in it dies unused.
const codeLife = 10 * time.Minute

// appCode is the QR code for an app with its own scanner, shown in place of the code for the
// phone's camera. The zero value is the camera's.
type appCode struct {
	app    app.CodeApp
	text   string // empty while it is being made
	failed bool   // it cannot be made now
	asked  time.Time
	host   string // the address that phones used at the time
}

func (c appCode) chosen() bool { return c.app.ID != "" }

// outlived reports whether the code can or should no longer be scanned.
func (c appCode) outlived(s app.State, now time.Time) bool {
	moved := s.Pairing.URL != "" && host(s.Pairing.URL) != c.host
	// Nobody looks again before the next refresh.
	old := now.Add(ageRefresh).Sub(c.asked) > codeLife
	return s.JustPaired != "" || c.used(s) || s.Phase != app.Sharing || moved || old
}

// used reports whether the app, or a phone, has paired since the code was asked for.
func (c appCode) used(s app.State) bool {
	since := c.asked.Truncate(time.Second) // the times of devices may be whole seconds
	return slices.ContainsFunc(s.Devices, func(d app.Device) bool { return !d.Paired.Before(since) })
}

// chooseCode asks for the code of an app. The answer to an earlier choice is thrown away.
func (u *UI) chooseCode(a app.CodeApp) {
	u.code = appCode{app: a, asked: u.now(), host: host(u.last.Pairing.URL)}
	u.codeTurn++
	turn := u.codeTurn
	u.draw()
	u.ctl.AppCode(a.ID, func(text string) {
		u.do(func() {
			if turn == u.codeTurn {
				u.code.text, u.code.failed = text, text == ""
				u.draw()
			}
		})
	})
}

// cameraCode goes back to the code for the phone's camera.
func (u *UI) cameraCode() {
	if u.code.chosen() {
		u.dropCode()
		u.draw()
	}
}

func (u *UI) dropCode() {
	u.code = appCode{}
	u.codeTurn++
}

// codeWords says what to do with the code of an app.
func codeWords(c appCode) fyne.CanvasObject {
	if c.failed {
		return explain(c.app.Name, words.L("The code is not available right now. Choose this app again in a moment."), nil)
	}
	once := look.Paragraph(words.L("This code works for 10 minutes, for one app."))
	once.Importance = widget.LowImportance
	return explain(c.app.Name, words.L(c.app.Steps), once)
}
