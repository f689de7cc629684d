package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// phoneRow is one phone in the list: its name and, below, one line that says how it is doing.
type phoneRow struct {
	ui     *UI
	device app.Device // the newest
	shown  phone
	sign   *canvas.Image
	name   *widget.Label
	line   *widget.Label
	more   *widgets.Button
	object fyne.CanvasObject
}

// phone is what a row shows. It is comparable on purpose.
type phone struct {
	id, name, line string
	loud           widget.Importance // of line
	tint           fyne.ThemeColorName
	paused, idle   bool // idle: it gets no answers
}

// importance is how a label looks that should be noticed so much.
var importance = map[words.Loudness]widget.Importance{
	words.Quiet:   widget.LowImportance,
	words.Good:    widget.SuccessImportance,
	words.Warning: widget.WarningImportance,
}

func phoneOf(d app.Device, now time.Time) phone {
	p := phone{id: d.ID, name: words.OneLine(d.Name), paused: d.Paused, tint: look.ColorMuted}
	p.idle = d.Paused || d.Active == 0 && d.Guest != nil && d.Guest.Over(now)
	line, loud := words.PhoneLine(d, now)
	p.line, p.loud = line, importance[loud]
	switch {
	case loud == words.Good:
		p.tint = theme.ColorNameSuccess
	case loud == words.Warning:
		p.tint = theme.ColorNameWarning
	case d.Guest != nil && !p.idle:
		p.tint = look.ColorGuest
	}
	return p
}

func newPhoneRow(u *UI) *phoneRow {
	r := &phoneRow{ui: u, sign: canvas.NewImageFromResource(nil), name: widget.NewLabel(""), line: widget.NewLabel("")}
	r.name.Truncation = fyne.TextTruncateEllipsis
	r.line.Truncation = fyne.TextTruncateEllipsis
	r.line.SizeName = theme.SizeNameCaptionText
	r.sign.FillMode = canvas.ImageFillContain
	r.sign.SetMinSize(fyne.NewSquareSize(20))
	r.more = widgets.NewIconButton("", theme.MoreHorizontalIcon(), r.menu)
	r.more.Importance = widget.LowImportance

	badge := look.Sized(container.NewStack(look.Rounded(look.ColorWell, 17), look.Centred(r.sign)), fyne.NewSquareSize(34))
	lines := container.New(layout.NewCustomPaddedVBoxLayout(-18), r.name, r.line)
	r.object = look.Border(nil, nil, look.Centred(badge), look.Centred(r.more), lines)
	return r
}

// show brings the row up to date. A row in which nothing changed draws nothing.
func (r *phoneRow) show(d app.Device, now time.Time) {
	before, p := r.shown, phoneOf(d, now)
	r.device, r.shown = d, p
	if p == before {
		return
	}
	look.SetLabel(r.name, p.name)
	r.more.SetName(words.L("More about {{.Name}}", words.Values{"Name": p.name}))
	look.SetUsable(r.name, !p.idle)
	if p.tint != before.tint {
		r.sign.Resource = theme.NewColoredResource(look.PhoneIcon, p.tint)
		r.sign.Refresh()
	}
	if p.line != before.line || p.loud != before.loud {
		r.line.Importance = p.loud
		r.line.SetText(p.line)
	}
}

func (r *phoneRow) menu() {
	pause := fyne.NewMenuItem(words.L("Pause"), func() { r.ui.ctl.PauseDevice(r.shown.id, true) })
	if r.shown.paused {
		pause = fyne.NewMenuItem(words.L("Resume"), func() { r.ui.ctl.PauseDevice(r.shown.id, false) })
	}
	var items []*fyne.MenuItem
	for _, fact := range words.PhoneFacts(r.device, r.ui.now()) {
		item := fyne.NewMenuItem(fact, nil)
		item.Disabled = true
		items = append(items, item)
	}
	items = append(items, fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(words.L("Rename…"), r.rename),
		pause,
		fyne.NewMenuItem(words.L("Remove…"), r.remove),
	)
	r.ui.openMenu(r.more, items...)
}

func (r *phoneRow) rename() {
	was := r.shown
	r.ui.ask(question{
		title: words.L("Rename this phone"),
		input: was.name, hasInput: true,
		yes: words.L("Rename"), no: words.L("Cancel"),
		onYes: func(name string) {
			if name = words.OneLine(name); name != "" && name != was.name {
				r.ui.ctl.RenameDevice(was.id, name)
			}
		},
	})
}

func (r *phoneRow) remove() {
	r.ui.ask(question{
		title: words.L("Remove {{.Name}}?", words.Values{"Name": r.shown.name}),
		body:  words.L("It is disconnected at once and must scan the code to connect again."),
		yes:   words.L("Remove"), no: words.L("Cancel"), danger: true,
		onYes: func(string) { r.ui.ctl.RemoveDevice(r.shown.id) },
	})
}
