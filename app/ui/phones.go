package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
)

// phones is the list of paired phones.
type phones struct {
	ui     *UI
	rows   []phone
	list   *fyne.Container
	object fyne.CanvasObject
}

// phone is one line of the list, as it is shown.
type phone struct {
	id, name, seen string
	busy           bool
}

func newPhones(u *UI) *phones {
	p := &phones{ui: u, list: container.New(layout.NewCustomPaddedVBoxLayout(2))}
	p.list.Objects = []fyne.CanvasObject{noPhones()}
	title := text(lang.L("Phones"), 15, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	p.object = container.New(layout.NewCustomPaddedVBoxLayout(6), title, p.list)
	return p
}

func (p *phones) show(s app.State, now time.Time) {
	var rows []phone
	for _, d := range s.Devices {
		rows = append(rows, phone{id: d.ID, name: oneLine(d.Name), seen: ago(d, now), busy: d.Active > 0})
	}
	if slices.Equal(rows, p.rows) {
		return
	}
	p.rows = rows
	p.list.Objects = nil
	for _, r := range rows {
		p.list.Add(p.row(r))
	}
	if len(rows) == 0 {
		p.list.Add(noPhones())
	}
	p.list.Refresh()
}

func (p *phones) row(r phone) fyne.CanvasObject {
	name := widget.NewLabel(r.name)
	name.Truncation = fyne.TextTruncateEllipsis
	seen := widget.NewLabel(r.seen)
	seen.Importance = widget.LowImportance
	tint := colorMuted
	if r.busy {
		seen.Importance, tint = widget.SuccessImportance, theme.ColorNameSuccess
	}
	more := widget.NewButtonWithIcon("", theme.MoreHorizontalIcon(), nil)
	more.Importance = widget.LowImportance
	more.OnTapped = func() { p.menu(r, more) }
	return container.NewBorder(nil, nil, icon(phoneIcon, tint, 22), container.NewHBox(seen, more), name)
}

func (p *phones) menu(r phone, at fyne.CanvasObject) {
	p.ui.openMenu(at,
		fyne.NewMenuItem(lang.L("Rename…"), func() { p.rename(r) }),
		fyne.NewMenuItem(lang.L("Remove…"), func() { p.remove(r) }),
	)
}

func (p *phones) rename(r phone) {
	p.ui.ask(question{
		title: lang.L("Rename this phone"),
		input: r.name, hasInput: true,
		yes: lang.L("Rename"), no: lang.L("Cancel"),
		onYes: func(name string) {
			if name = oneLine(name); name != "" && name != r.name {
				p.ui.ctl.RenameDevice(r.id, name)
			}
		},
	})
}

func (p *phones) remove(r phone) {
	p.ui.ask(question{
		title: lang.L("Remove {{.Name}}?", values{"Name": r.name}),
		body:  lang.L("It stops at once and must scan the code to connect again."),
		yes:   lang.L("Remove"), no: lang.L("Cancel"), danger: true,
		onYes: func(string) { p.ui.ctl.RemoveDevice(r.id) },
	})
}

// noPhones is the friendly face of an empty list.
func noPhones() fyne.CanvasObject {
	line := text(lang.L("No phones yet"), 15, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	more := text(lang.L("A phone that scans the code appears here."), 13, colorMuted, fyne.TextStyle{})
	words := container.New(layout.NewCustomPaddedVBoxLayout(4), line, more)
	return centred(container.NewHBox(padded(icon(phoneIcon, colorMuted, 40), 10, 8), middle(words)))
}
