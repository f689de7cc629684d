package ui

import (
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app/doctor"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// troubleWidth has room for the longest button beside two others.
const troubleWidth = 460

// trouble is the sheet that finds out why a phone cannot connect: it asks one question, looks, and names the cause.
type trouble struct {
	ui    *UI
	shows doctor.Shows
	turn  int // counts looks, so that a late result is known for one
	wait  *widgets.Wait
	body  *fyne.Container
	sheet *sheet
}

// findTrouble opens the sheet.
func (u *UI) findTrouble() {
	t := &trouble{ui: u}
	t.open()
	t.ask()
}

func (t *trouble) open() {
	t.wait, t.body = widgets.NewWait(), container.NewStack()
	t.sheet = &sheet{closed: t.wait.Stop}
	t.ui.put(t.sheet, look.Padded(t.body, 8, 8))
}

// fill puts something else into the sheet, which takes the size of that.
func (t *trouble) fill(rows ...fyne.CanvasObject) {
	t.wait.Stop()
	width := look.Sized(layout.NewSpacer(), fyne.NewSize(troubleWidth, 0))
	t.body.Objects = []fyne.CanvasObject{container.NewVBox(append([]fyne.CanvasObject{width}, rows...)...)}
	t.body.Refresh()
	t.sheet.fit()
}

// answers are what a phone may show, in the words of its owner.
func answers() []struct {
	shows doctor.Shows
	label string
} {
	return []struct {
		shows doctor.Shows
		label string
	}{
		{doctor.ShowsNothing, words.L("Nothing, or a page that never finishes loading")},
		{doctor.ShowsUnreachable, words.L("“This site can’t be reached”, or similar")},
		{doctor.ShowsPage, words.L("A page that says something else")},
		{doctor.ShowsApp, words.L("An error in a chat app")},
	}
}

func (t *trouble) ask() {
	rows := []fyne.CanvasObject{
		sheetTitle(words.L("What does the phone show?")),
		look.Paragraph(words.L("Try to connect once more, then choose what you see.")),
	}
	for _, a := range answers() {
		b := widgets.NewButton(a.label, func() { t.look(a.shows) })
		b.Alignment = widget.ButtonAlignLeading
		rows = append(rows, b)
	}
	t.fill(append(rows, t.buttons(widgets.NewButton(words.L("Cancel"), t.ui.dismiss)))...)
}

// look has the core look, and shows what comes of it.
func (t *trouble) look(shows doctor.Shows) {
	t.shows = shows
	t.expect(words.L("Looking for the reason…"), func(done func(doctor.Diagnosis)) { t.ui.ctl.Examine(shows, done) })
}

// expect shows that something is being done until its result comes.
func (t *trouble) expect(doing string, do func(done func(doctor.Diagnosis))) {
	t.turn++
	turn := t.turn
	t.fill(sheetTitle(doing), look.Padded(look.Centred(look.Sized(t.wait.Object, fyne.NewSquareSize(48))), 24, 0),
		t.buttons(widgets.NewButton(words.L("Cancel"), t.ui.dismiss)))
	t.wait.Start()
	do(func(d doctor.Diagnosis) {
		t.ui.do(func() {
			if turn == t.turn && t.ui.asking == t.sheet {
				t.show(d)
			}
		})
	})
}

// show names the cause and offers the next step.
func (t *trouble) show(d doctor.Diagnosis) {
	in := func(pattern string) string { return words.Filled(pattern, d.Params) }
	rows := []fyne.CanvasObject{verdictTitle(d, in(d.Title))}
	if !d.Sure && d.Question == "" {
		rows = append([]fyne.CanvasObject{caption(words.L("Most likely"))}, rows...)
	}
	if d.Question != "" {
		question := look.Paragraph(in(d.Question))
		question.TextStyle.Bold = true
		rows = append(rows, question)
	}
	rows = append(rows, look.Paragraph(in(d.Advice)))
	if d.Command != "" {
		rows = append(rows, commandWell(d.Command))
	}
	report := widgets.NewButtonWithIcon(words.L("Copy report"), theme.ContentCopyIcon(), func() { t.ui.app.Clipboard().SetContent(d.Report) })
	report.Importance = widget.LowImportance
	again := widgets.NewButton(words.L("Check again"), func() { t.look(t.shows) })
	last := []fyne.CanvasObject{widgets.NewButton(words.L("Close"), t.ui.dismiss), again}
	if press := t.deed(d); press != nil {
		b := widgets.NewButton(in(d.Action), press)
		b.Importance = widget.HighImportance
		last = append(last, b)
	}
	t.fill(append(rows, look.Border(nil, nil, look.Centred(report), nil, t.buttons(last...)))...)
}

// verdictTitle has a sign before it: green where all is well.
func verdictTitle(d doctor.Diagnosis, title string) fyne.CanvasObject {
	sign := look.Icon(theme.WarningIcon(), theme.ColorNameWarning, 28)
	switch {
	case d.Cause == doctor.Fine:
		sign = look.Icon(theme.ConfirmIcon(), look.ColorConnected, 28)
	case !d.Sure:
		sign = look.Icon(theme.QuestionIcon(), theme.ColorNamePrimary, 28)
	}
	return look.Border(nil, nil, look.Centred(sign), nil, sheetTitle(title))
}

// commandWell is a command to be typed. The button beside it copies it.
func commandWell(command string) fyne.CanvasObject {
	text := look.Paragraph(command)
	text.TextStyle.Monospace = true
	return container.NewStack(look.Rounded(look.ColorWell, 10), look.Padded(text, 2, 6))
}

func (t *trouble) buttons(list ...fyne.CanvasObject) fyne.CanvasObject {
	return look.Padded(container.NewHBox(append([]fyne.CanvasObject{layout.NewSpacer()}, list...)...), 8, 8)
}

// deed is what the button of a diagnosis does, or nil.
func (t *trouble) deed(d doctor.Diagnosis) func() {
	ctl, done := t.ui.ctl, t.ui.dismiss
	switch d.Do {
	case doctor.DoRetry:
		return func() { done(); ctl.Retry() }
	case doctor.DoResume:
		return func() { done(); ctl.Resume() }
	case doctor.DoUseAddress:
		return func() { done(); ctl.UseAddress(d.Params["Address"]) }
	case doctor.DoEnterKey:
		return func() { done(); t.ui.addServer(d.Params["ServerURL"]) }
	case doctor.DoLetIn:
		return func() { t.expect(words.L("Waiting for your permission…"), ctl.LetPhonesIn) }
	case doctor.DoCopy:
		return func() { t.ui.app.Clipboard().SetContent(copied(d)) }
	case doctor.DoNetworkSettings, doctor.DoPrivacySettings, doctor.DoFirewall:
		return func() { t.ui.openPlace(d.Do.Place()) }
	}
	return nil
}

// copied is what the button puts on the clipboard.
func copied(d doctor.Diagnosis) string {
	if d.Command != "" {
		return d.Command
	}
	return d.Params["URL"]
}

// openPlace opens one of the system's pages of settings.
func (u *UI) openPlace(to *url.URL) {
	if err := u.app.OpenURL(to); err != nil {
		fyne.LogError("open "+to.String(), err)
	}
}
