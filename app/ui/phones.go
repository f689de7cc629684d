package ui

import (
	"maps"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/story"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// phones is the list of paired phones, and the way to invite a guest.
type phones struct {
	ui     *UI
	rows   map[string]*phoneRow // by the device's ID
	order  []string             // the IDs as they are shown
	invite *widgets.Button
	list   *fyne.Container
	card   fyne.CanvasObject // not there before there can be a phone
}

func newPhones(u *UI) *phones {
	p := &phones{ui: u, rows: map[string]*phoneRow{}, list: container.New(layout.NewCustomPaddedVBoxLayout(0))}
	p.list.Objects = []fyne.CanvasObject{noPhones()}
	p.invite = widgets.NewButtonWithIcon(words.L("Invite a guest…"), theme.ContentAddIcon(), u.inviteGuest)
	p.invite.Importance = widget.LowImportance
	title := look.Text(words.L("Phones"), 15, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	head := look.Border(nil, nil, look.Centred(title), look.Quiet(p.invite))
	p.card = look.Card(container.New(layout.NewCustomPaddedVBoxLayout(6), head, p.list))
	return p
}

func (p *phones) show(s app.State, now time.Time) {
	chapter := p.ui.step(s).Chapter
	look.SetShown(p.invite, chapter == story.Code) // else there is no code that could be shown
	look.SetShown(p.card, len(s.Devices) > 0 || slices.Contains([]story.Chapter{story.Looking, story.Code, story.Away}, chapter))
	var order []string
	for _, d := range s.Devices {
		order = append(order, d.ID)
		if p.rows[d.ID] == nil {
			p.rows[d.ID] = newPhoneRow(p.ui)
		}
		p.rows[d.ID].show(d, now)
	}
	if !slices.Equal(order, p.order) {
		p.arrange(order)
	}
}

// arrange puts the rows into another order. They stay the same, so that a press on one is
// not lost.
func (p *phones) arrange(order []string) {
	p.order = order
	maps.DeleteFunc(p.rows, func(id string, _ *phoneRow) bool { return !slices.Contains(order, id) })
	var rows []fyne.CanvasObject // Add would lay out the whole list for each
	for _, id := range order {
		rows = append(rows, p.rows[id].object)
	}
	if len(rows) == 0 {
		rows = append(rows, noPhones())
	}
	p.list.Objects = rows
	p.list.Refresh()
}

// noPhones is the friendly face of an empty list.
func noPhones() fyne.CanvasObject {
	line := look.Text(words.L("No phones yet"), 15, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	more := look.Text(words.L("A phone that scans the code appears here."), 13, look.ColorMuted, fyne.TextStyle{})
	text := container.New(layout.NewCustomPaddedVBoxLayout(4), line, more)
	return look.Centred(container.NewHBox(look.Padded(look.Icon(look.PhoneIcon, look.ColorMuted, 40), 10, 8), look.Middle(text)))
}
