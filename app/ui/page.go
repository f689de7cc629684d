package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
)

const (
	windowWidth  = 740
	windowHeight = 680
	readingWidth = 860 // the content of a wider window stays this wide
)

// page is the whole content of the window.
type page struct {
	header  *header
	notices *notices
	stage   *stage
	phones  *phones
	details *details
	models  *models
	first   fyne.CanvasObject
	object  fyne.CanvasObject
}

// stop ends what moves on a page that will not be seen again: an animation does not end with
// the objects that it moves, and redraws the whole window for every frame.
func (p *page) stop() {
	p.header.busy.Stop()
	p.stage.stop()
}

func newPage(u *UI) *page {
	p := &page{
		header:  newHeader(u.togglePause),
		notices: newNotices(u),
		stage:   newStage(u),
		phones:  newPhones(u),
		details: newDetails(u.ctl),
	}
	sheets := container.New(layout.NewCustomPaddedVBoxLayout(10),
		p.notices.object, card(p.stage.object), card(p.phones.object), p.footer(), p.details.panel)
	top := container.New(column{readingWidth}, padded(p.header.object, 5, 16))
	body := container.New(column{readingWidth}, container.New(layout.NewCustomPaddedLayout(0, 8, 16, 16), sheets))
	scroll := container.NewVScroll(body)
	p.details.opened = func() {
		scroll.Refresh() // it does not know yet that its content has grown
		scroll.ScrollToBottom()
	}
	p.first = container.NewBorder(top, nil, nil, nil, scroll)
	p.models = newModels(u, func() { p.openModels(false) })
	p.object = container.NewStack(p.first, p.models.object)
	p.openModels(false)
	return p
}

// footer leads to what most people never need.
func (p *page) footer() fyne.CanvasObject {
	models := widget.NewButtonWithIcon(lang.L("Models"), theme.MenuExpandIcon(), func() { p.openModels(true) })
	models.IconPlacement = widget.ButtonIconTrailingText
	models.Importance = widget.LowImportance
	return container.NewHBox(p.details.toggle, models)
}

// openModels turns to the page with the models, or back to the first.
func (p *page) openModels(open bool) {
	setShown(p.models.object, open)
	setShown(p.first, !open)
}

// show brings every part up to date with s.
func (p *page) show(s app.State, code appCode, now time.Time) {
	p.header.show(s)
	p.notices.show(s)
	p.stage.show(s, code)
	p.phones.show(s, now)
	p.details.show(s)
	p.models.show(s)
}
