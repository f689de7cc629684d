package ui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// guestCode shows codes for guests until usualCode is called, so that several can scan, one after
// another.
func (u *UI) guestCode(i app.Invitation) {
	u.inviting = true
	u.dropCode()
	u.ctl.Invite(i)
	u.draw()
	u.page.scroll.ScrollToTop()
}

// usualCode ends the inviting of guests.
func (u *UI) usualCode() {
	if u.inviting {
		u.inviting = false
		u.ctl.Invite(app.Invitation{})
		u.draw()
	}
}

// sharedModels are the models that phones may use, as their servers call them, each once.
func sharedModels(s app.State) (models []string) {
	for _, srv := range s.Servers {
		if !srv.Online || srv.Hidden {
			continue
		}
		for _, m := range srv.Models {
			if !slices.Contains(models, m) {
				models = append(models, m)
			}
		}
	}
	return models
}

// guestWords say what a guest who scans the code may do.
type guestWords struct {
	ui     *UI
	shown  string
	lines  *fyne.Container
	back   fyne.CanvasObject // to the usual code
	object fyne.CanvasObject
}

func newGuestWords(u *UI) *guestWords {
	w := &guestWords{ui: u, lines: container.New(layout.NewCustomPaddedVBoxLayout(6))}
	title := look.Text(words.L("A code for a guest"), 19, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	next := look.Text(words.L("The code changes after each guest."), 13, look.ColorMuted, fyne.TextStyle{})
	w.object = container.New(layout.NewCustomPaddedVBoxLayout(10), title, w.lines, next)
	back := widgets.NewButtonWithIcon(words.L("Back to the regular code"), theme.NavigateBackIcon(), u.usualCode)
	w.back = look.Padded(container.NewHBox(back), 8, 0)
	return w
}

// show says what g allows; nil means that the code is not for a guest.
func (w *guestWords) show(g *app.Guest, now time.Time) {
	look.SetShown(w.object, g != nil)
	look.SetShown(w.back, g != nil && w.ui.inviting)
	if g == nil {
		return
	}
	lines := words.Promises(g, now)
	if said := strings.Join(lines, "\n"); said != w.shown {
		w.shown = said
		w.lines.Objects = nil
		for _, line := range lines {
			w.lines.Add(promise(line))
		}
	}
}

func promise(line string) fyne.CanvasObject {
	text := look.Text(line, 16, theme.ColorNameForeground, fyne.TextStyle{})
	return container.New(layout.NewCustomPaddedHBoxLayout(10), look.Icon(theme.ConfirmIcon(), look.ColorGuest, 20), look.Centred(text))
}

// guestTag stands below the code of a guest, so that nobody takes it for the usual one.
func guestTag() fyne.CanvasObject {
	text := look.Text(words.L("Guest pass"), 13, look.ColorOnGuest, fyne.TextStyle{Bold: true})
	return container.NewStack(look.Rounded(look.ColorGuest, 13), look.Padded(text, 4, 14))
}
