package ui

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// guestFormWidth has room for the buttons of any question side by side.
const guestFormWidth = 420

// mostGuestRequests is the largest number that is not taken for a typing mistake.
const mostGuestRequests = 1_000_000

// The answers to the form's questions, in the order of the buttons.
var (
	guestTimes    = []app.Invitation{{Tonight: true}, {For: time.Hour}, {For: 3 * time.Hour}, {}}
	guestRequests = []int{0, 10, 50} // and any number that is typed
)

// guestForm is the sheet that asks what a guest may do.
type guestForm struct {
	ui       *UI
	time     *widgets.Choice
	scope    *widgets.Choice // all models or some
	some     *modelPick
	requests *widgets.Choice
	number   *widgets.Field
	problem  *widget.Label
	ok       *widgets.Button
}

// inviteGuest asks what a guest may do, and then shows codes for that.
func (u *UI) inviteGuest() { newGuestForm(u).open() }

func newGuestForm(u *UI) *guestForm {
	f := &guestForm{ui: u, number: widgets.NewField(), problem: widget.NewLabel("")}
	f.time = widgets.NewChoice(f.check, words.L("Until midnight"), words.L("1 hour"), words.L("3 hours"), words.L("Until removed"))
	f.scope = widgets.NewChoice(f.check, words.L("All models"), words.L("Only some"))
	f.some = newModelPick(sharedModels(u.last), f.check)
	f.requests = widgets.NewChoice(f.requestsChosen, words.L("No limit"), "10", "50", words.L("Another number"))
	f.number.OnChanged = func(string) { f.check() }
	f.number.OnSubmitted = func(string) { f.submit() }
	f.ok = widgets.NewButton(words.L("Show code"), f.submit)
	f.ok.Importance = widget.HighImportance
	f.problem.Importance = widget.LowImportance
	f.problem.Truncation = fyne.TextTruncateEllipsis
	return f
}

func (f *guestForm) open() {
	f.check()
	questions := container.NewVScroll(look.Padded(f.questions(), 0, 8))
	box := look.Padded(look.Border(sheetTitle(words.L("Invite a guest")), look.Padded(f.buttons(), 8, 8), nil, nil, questions), 8, 8)
	// In a low window the questions scroll, so that the buttons stay in sight.
	hidden := questions.Content.MinSize().Height - questions.MinSize().Height
	f.ui.put(&sheet{size: box.MinSize().AddWidthHeight(0, hidden)}, box)
}

func (f *guestForm) questions() fyne.CanvasObject {
	number := look.Border(nil, nil, f.requests.Object, nil, f.number)
	return container.New(layout.NewCustomPaddedVBoxLayout(6),
		look.Sized(layout.NewSpacer(), fyne.NewSize(guestFormWidth, 0)),
		caption(words.L("How long")), f.time.Object,
		caption(words.L("Which models")), f.scope.Object, f.some.object,
		caption(words.L("How many requests")), number)
}

func (f *guestForm) buttons() fyne.CanvasObject {
	cancel := widgets.NewButton(words.L("Cancel"), f.ui.dismiss)
	return look.Border(nil, nil, nil, container.NewHBox(cancel, f.ok), f.problem)
}

// caption stands above what it is about.
func caption(s string) fyne.CanvasObject {
	return look.Padded(look.Text(s, 13, look.ColorMuted, fyne.TextStyle{}), 4, 0)
}

func (f *guestForm) requestsChosen() {
	f.check()
	if f.ownNumber() {
		f.ui.window.Canvas().Focus(f.number)
	}
}

// check shows what the answers so far make possible.
func (f *guestForm) check() {
	f.some.setOpen(f.scope.Chosen == 1)
	look.SetShown(f.number, f.ownNumber())
	problem := f.missing()
	look.SetLabel(f.problem, problem)
	look.SetEnabled(f.ok, problem == "")
}

func (f *guestForm) ownNumber() bool { return f.requests.Chosen == len(guestRequests) }

// missing says what the form still needs, or nothing.
func (f *guestForm) missing() string {
	_, valid := f.count()
	switch {
	case f.scope.Chosen == 1 && len(f.some.chosen()) == 0:
		return words.L("Choose at least one model.")
	case !valid:
		return words.L("Type a number, 1 or more.")
	case !f.invitation().Guest():
		return words.L("Choose at least one limit.")
	}
	return ""
}

// count is how many requests a guest gets, 0 for no limit, and whether what was typed is a number
// at all.
func (f *guestForm) count() (n int, valid bool) {
	if !f.ownNumber() {
		return guestRequests[f.requests.Chosen], true
	}
	n, err := strconv.Atoi(strings.TrimSpace(f.number.Text))
	return n, err == nil && n > 0 && n <= mostGuestRequests
}

// invitation is what the answers add up to.
func (f *guestForm) invitation() app.Invitation {
	i := guestTimes[f.time.Chosen]
	if f.scope.Chosen == 1 {
		i.Models = f.some.chosen()
	}
	i.Requests, _ = f.count()
	return i
}

func (f *guestForm) submit() {
	if f.missing() == "" {
		f.ui.dismiss()
		f.ui.guestCode(f.invitation())
	}
}
