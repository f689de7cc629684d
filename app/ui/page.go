package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

const (
	windowWidth  = 740
	windowHeight = 680
	readingWidth = 860 // the content of a wider window stays this wide

	// A smaller window would cut sentences off: to Fyne, text that wraps needs no width. With letters twice as large it
	// still is on the screen of a small laptop, 1366 by 768.
	leastWidth, leastHeight = 640, 340
)

// page is the whole content of the window.
type page struct {
	header   *header
	notices  *notices
	stage    *stage
	phones   *phones
	details  *details
	models   *models
	usage    *usagePage
	settings *settingsPage
	scroll   *container.Scroll // of the first page
	at       view
	first    fyne.CanvasObject
	object   fyne.CanvasObject
}

// view is a page of the window: there is one at a time.
type view int

const (
	onFirst view = iota
	onModels
	onUsage
	onSettings
)

// stop ends the animations of a page that will not be seen again: they do not end with the objects
// that they move, and redraw the whole window for every frame.
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
		details: newDetails(u),
	}
	sheets := container.New(layout.NewCustomPaddedVBoxLayout(10),
		p.notices.object, look.Card(p.stage.object), p.phones.card, p.details.panel)
	top := container.New(look.Column{Max: readingWidth}, look.Padded(p.header.object, 5, 16))
	body := container.New(look.Column{Max: readingWidth}, container.New(layout.NewCustomPaddedLayout(0, 8, 16, 16), sheets))
	p.scroll = container.NewVScroll(body)
	p.details.opened = func() {
		p.scroll.Refresh() // it does not know yet that its content has grown
		p.scroll.ScrollToBottom()
	}
	bottom := container.New(look.Column{Max: readingWidth}, look.Padded(p.footer(u.findTrouble), 2, 12))
	p.first = look.Border(top, bottom, nil, nil, p.scroll)
	back := func() { p.turn(onFirst) }
	p.models, p.usage, p.settings = newModels(u, back), newUsagePage(u, back), newSettingsPage(u, u.logs, back)
	least := look.Sized(layout.NewSpacer(), fyne.NewSize(leastWidth, leastHeight))
	p.object = container.NewStack(least, p.first, p.models.object, p.usage.object, p.settings.object)
	p.turn(onFirst)
	return p
}

// footer leads to what most people never need.
func (p *page) footer(trouble func()) fyne.CanvasObject {
	help := widgets.NewButtonWithIcon(words.L("Phone cannot connect?"), theme.QuestionIcon(), trouble)
	help.Importance = widget.LowImportance
	return container.NewHBox(p.details.toggle, p.turner(words.L("Models"), onModels), p.turner(words.L("Usage"), onUsage),
		p.turner(words.L("Settings"), onSettings), layout.NewSpacer(), help)
}

// turner is a button that turns to another page.
func (p *page) turner(label string, to view) fyne.CanvasObject {
	b := widgets.NewButtonWithIcon(label, theme.MenuExpandIcon(), func() { p.turn(to) })
	b.IconPlacement = widget.ButtonIconTrailingText
	b.Importance = widget.LowImportance
	return b
}

// turn shows another page.
func (p *page) turn(to view) {
	p.at = to
	look.SetShown(p.first, to == onFirst)
	look.SetShown(p.models.object, to == onModels)
	look.SetShown(p.usage.object, to == onUsage)
	look.SetShown(p.settings.object, to == onSettings)
	p.usage.draw()
}

// scrollBy moves the page that is shown, for those who have only a keyboard.
func (p *page) scrollBy(by float32) {
	shown := map[view]fyne.CanvasObject{onFirst: p.first, onModels: p.models.object, onUsage: p.usage.object, onSettings: p.settings.object}[p.at]
	parts, _ := shown.(*fyne.Container)
	for _, o := range parts.Objects {
		if s, ok := o.(*container.Scroll); ok {
			s.ScrollToOffset(s.Offset.AddXY(0, by))
		}
	}
}

// show brings every part up to date with s.
func (p *page) show(s app.State, code appCode, now time.Time) {
	p.header.show(s, p.stage.ui.step(s))
	p.notices.show(s)
	p.stage.show(s, code, now)
	p.phones.show(s, now)
	p.details.show(s)
	p.models.show(s)
	p.usage.show(s, now)
	p.settings.show(s)
}

// pageHeader is the first line of the other pages: the way back and, at the right, something to
// press, or nil.
func pageHeader(title string, back func(), right fyne.CanvasObject) fyne.CanvasObject {
	home := widgets.NewButtonWithIcon(words.L("Back"), theme.NavigateBackIcon(), back)
	name := look.Text(title, 19, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	return container.New(look.Column{Max: readingWidth}, look.Padded(look.Border(nil, nil, home, right, look.Centred(name)), 14, 16))
}
