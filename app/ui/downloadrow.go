package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/download"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/story"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// downloadRow is one download: its name, how far it is, what is wrong, and what can be done about it.
type downloadRow struct {
	ui      *UI
	now     app.Download
	name    *widget.Label
	bar     *widgets.Bar
	line    *widget.Label
	trouble *widget.Label
	start   string          // the kind for Controller.Help of what has to be started first; empty: nothing
	pause   *widgets.Button // or go on, or try again, or start
	cancel  *widgets.Button // or take it off the list
	object  fyne.CanvasObject
}

func newDownloadRow(u *UI) *downloadRow {
	r := &downloadRow{
		ui: u, name: widget.NewLabel(""), bar: widgets.NewBar(), line: widget.NewLabel(""), trouble: look.Paragraph(""),
		pause: widgets.NewButton("", nil), cancel: widgets.NewButton("", nil),
	}
	r.name.TextStyle.Bold = true
	r.name.Truncation, r.line.Truncation = fyne.TextTruncateEllipsis, fyne.TextTruncateEllipsis
	r.line.Importance, r.trouble.Importance = widget.LowImportance, widget.WarningImportance
	r.pause.OnTapped, r.cancel.OnTapped = r.pressed, func() { r.ui.giveUp(r.now) }
	// Beside the name there would be no room for it: some languages have long words for what the buttons do.
	buttons := container.New(layout.NewCustomPaddedHBoxLayout(6), layout.NewSpacer(), r.pause, r.cancel)
	lines := container.New(layout.NewCustomPaddedVBoxLayout(-4), r.name, look.Padded(r.bar, 6, 8), r.line, r.trouble, look.Padded(buttons, 6, 8))
	r.object = container.NewStack(look.Rounded(look.ColorWell, 10), look.Padded(lines, 2, 6))
	return r
}

// pressed is the first button.
func (r *downloadRow) pressed() {
	switch {
	case r.start != "":
		r.ui.ctl.Help(r.start)
	case r.now.Running() && !story.Stuck(r.now):
		r.ui.ctl.PauseDownload(r.now.ID)
	default:
		r.ui.ctl.ResumeDownload(r.now.ID)
	}
}

// show is of a download, and of the step that it is in.
func (r *downloadRow) show(d app.Download, step story.Step) {
	r.now, r.start = d, step.Help
	look.SetLabel(r.name, words.ModelName(d.Model))
	r.bar.Set(share(d))
	line := words.DownloadLine(d)
	look.SetLabel(r.line, line)
	look.SetShown(r.line, line != "")
	look.SetShown(r.bar, d.Total > 0 || d.Running() || d.Phase == download.Done)
	trouble := words.DownloadTrouble(d)
	look.SetLabel(r.trouble, trouble)
	look.SetShown(r.trouble, trouble != "")
	look.SetShown(r.pause, d.Phase != download.Done)
	r.showPause(d, step)
	cancel := words.L("Cancel")
	if d.Phase == download.Done {
		cancel = words.L("OK")
	}
	setButton(r.cancel, cancel, nil)
}

// showPause makes the first button the one thing to do, where what gets the model has to be started first.
func (r *downloadRow) showPause(d app.Download, step story.Step) {
	label, icon, weight := goOnLabel(d), goOnIcon(d), widget.MediumImportance
	if step.Help != "" {
		label, icon, weight = words.Filled(step.Action, map[string]string{"Name": step.Name}), theme.MediaPlayIcon(), widget.HighImportance
	}
	if r.pause.Importance != weight {
		r.pause.Importance = weight
		r.pause.Refresh()
	}
	setButton(r.pause, label, icon)
}

// giveUp takes a download off the list. Where some of it has come, it asks first, and says what becomes of that.
func (u *UI) giveUp(d app.Download) {
	cancel := func() { u.ctl.CancelDownload(d.ID) }
	if d.Done == 0 || d.Phase == download.Done {
		cancel()
		return
	}
	back := func() {}
	if u.asking != nil {
		back = func() { u.openGet() }
	}
	size := words.Values{"Size": words.Bytes(d.Done)}
	u.ask(question{
		title: words.L("Cancel the download?"),
		body:  words.L("{{.Size}} of it is on the disk already, and stays there until the AI app is restarted.", size),
		yes:   words.L("Cancel the download"), no: words.L("Keep it"), danger: true,
		onYes: func(string) { cancel(); back() }, onNo: back,
	})
}

// share is how much of a download is there, 0 to 1.
func share(d app.Download) float32 {
	switch {
	case d.Phase == download.Done:
		return 1
	case d.Total <= 0:
		return 0
	}
	return float32(min(d.Done, d.Total)) / float32(d.Total)
}

func goOnLabel(d app.Download) string {
	switch {
	case d.Phase == download.Failed, story.Stuck(d):
		return words.L("Try again")
	case d.Running():
		return words.L("Pause")
	}
	return words.L("Resume")
}

func goOnIcon(d app.Download) fyne.Resource {
	switch {
	case d.Phase == download.Failed, story.Stuck(d):
		return theme.ViewRefreshIcon()
	case d.Running():
		return theme.MediaPauseIcon()
	}
	return theme.MediaPlayIcon()
}

func setButton(b *widgets.Button, label string, icon fyne.Resource) {
	if b.Text == label {
		return
	}
	b.Text, b.Icon = label, icon
	b.Refresh()
}
