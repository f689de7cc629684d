package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"modelbeam/app"
)

const (
	windowWidth  = 740
	windowHeight = 650
	readingWidth = 860 // the content of a wider window stays this wide
)

// page is the whole content of the window.
type page struct {
	header  *header
	notice  *notice
	stage   *stage
	phones  *phones
	details *details
	object  fyne.CanvasObject
}

func newPage(u *UI) *page {
	p := &page{
		header:  newHeader(u.togglePause),
		notice:  newNotice(u),
		stage:   newStage(u),
		phones:  newPhones(u),
		details: newDetails(u.ctl),
	}
	sheets := container.New(layout.NewCustomPaddedVBoxLayout(10),
		p.notice.object, card(p.stage.object), card(p.phones.object), p.details.object)
	top := container.New(column{readingWidth}, padded(p.header.object, 5, 16))
	body := container.New(column{readingWidth}, container.New(layout.NewCustomPaddedLayout(0, 8, 16, 16), sheets))
	scroll := container.NewVScroll(body)
	p.details.opened = func() {
		scroll.Refresh() // it does not know yet that its content has grown
		scroll.ScrollToBottom()
	}
	p.object = container.NewBorder(top, nil, nil, nil, scroll)
	return p
}

// show brings every part up to date with s.
func (p *page) show(s app.State, code appCode, now time.Time) {
	p.header.show(s)
	p.notice.show(s)
	p.stage.show(s, code)
	p.phones.show(s, now)
	p.details.show(s)
}
