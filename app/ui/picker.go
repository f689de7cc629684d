package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// picker is the quiet button below the QR code that says what the code is for. Most people
// never need it: only apps with a scanner of their own want another code.
type picker struct {
	ui     *UI
	shown  app.CodeApp
	button *widgets.Button
	object fyne.CanvasObject
}

func newPicker(u *UI) *picker {
	p := &picker{ui: u}
	p.button = widgets.NewButtonWithIcon(codeName(p.shown), theme.MenuDropDownIcon(), p.open)
	p.button.IconPlacement = widget.ButtonIconTrailingText
	p.button.Importance = widget.LowImportance
	p.object = look.Quiet(p.button)
	return p
}

func (p *picker) show(c appCode) {
	if p.shown == c.app {
		return
	}
	p.shown = c.app
	p.button.SetText(codeName(c.app))
}

// codeName is what the picker calls a code; the zero app is the camera.
func codeName(a app.CodeApp) string {
	if a.ID == "" {
		return words.L("Phone's camera")
	}
	return a.Name
}

func (p *picker) open() {
	items := []*fyne.MenuItem{p.item(app.CodeApp{}, p.ui.cameraCode)}
	for _, a := range p.ui.ctl.CodeApps() {
		items = append(items, p.item(a, func() { p.ui.chooseCode(a) }))
	}
	p.ui.openMenu(p.button, items...)
}

func (p *picker) item(a app.CodeApp, choose func()) *fyne.MenuItem {
	item := fyne.NewMenuItem(codeName(a), choose)
	item.Checked = a.ID == p.shown.ID
	return item
}
