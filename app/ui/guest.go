package ui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
)

// guestCode shows codes for guests until usualCode, so that several can scan, one after the other.
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

// guestWords say what a guest may do who scans the code.
type guestWords struct {
	ui     *UI
	shown  string
	lines  *fyne.Container
	back   fyne.CanvasObject // to the usual code
	object fyne.CanvasObject
}

func newGuestWords(u *UI) *guestWords {
	w := &guestWords{ui: u, lines: container.New(layout.NewCustomPaddedVBoxLayout(6))}
	title := text(lang.L("A code for a guest"), 19, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	next := text(lang.L("The code changes after each guest."), 13, colorMuted, fyne.TextStyle{})
	w.object = container.New(layout.NewCustomPaddedVBoxLayout(10), title, w.lines, next)
	back := widget.NewButtonWithIcon(lang.L("Back to the usual code"), theme.NavigateBackIcon(), u.usualCode)
	w.back = padded(container.NewHBox(back), 8, 0)
	return w
}

// show says what g promises; nil is no guest's code.
func (w *guestWords) show(g *app.Guest, now time.Time) {
	setShown(w.object, g != nil)
	setShown(w.back, g != nil && w.ui.inviting)
	if g == nil {
		return
	}
	lines := promises(g, now)
	if said := strings.Join(lines, "\n"); said != w.shown {
		w.shown = said
		w.lines.Objects = nil
		for _, line := range lines {
			w.lines.Add(promise(line))
		}
	}
}

func promise(line string) fyne.CanvasObject {
	words := text(line, 16, theme.ColorNameForeground, fyne.TextStyle{})
	return container.New(layout.NewCustomPaddedHBoxLayout(10), icon(theme.ConfirmIcon(), colorGuest, 20), centred(words))
}

// guestTag stands below the code of a guest, so that nobody takes it for the usual one.
func guestTag() fyne.CanvasObject {
	words := text(lang.L("Guest pass"), 13, colorOnGuest, fyne.TextStyle{Bold: true})
	return container.NewStack(rounded(colorGuest, 13), padded(words, 4, 14))
}
