package ui

import (
	"cmp"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/usage"
)

// usagePage is the third page of the window: what phones used in the last 30 days.
type usagePage struct {
	ui     *UI
	query  usageQuery
	known  usageKnown // the newest
	drawn  usageKnown // what the page shows
	asked  usageQuery // of drawn
	days   []time.Time
	stacks [][]int

	measure *choice        // tokens or requests
	phone   *widget.Button // whose
	today   *canvas.Text
	month   *canvas.Text
	plot    *barPlot
	told    *canvas.Text // the day in question
	models  *totals
	phones  *totals
	empty   fyne.CanvasObject
	full    fyne.CanvasObject
	object  fyne.CanvasObject
}

// usageKnown is what of a State the page is made of.
type usageKnown struct {
	rows    []usage.Row
	devices []phoneName
	now     time.Time
}

// phoneName is how a device is called.
type phoneName struct{ id, name string }

func newUsagePage(u *UI, back func()) *usagePage {
	p := &usagePage{
		ui:     u,
		today:  text("", 24, theme.ColorNameForeground, fyne.TextStyle{Bold: true}),
		month:  text("", 24, theme.ColorNameForeground, fyne.TextStyle{Bold: true}),
		told:   text("", 13, colorMuted, fyne.TextStyle{}),
		models: newTotals(lang.L("Models")),
		phones: newTotals(lang.L("Phones")),
	}
	p.measure = newChoice(func() {
		p.query.requests = p.measure.chosen == 1
		p.draw()
	}, lang.L("Tokens"), lang.L("Requests"))
	p.phone = widget.NewButtonWithIcon("", theme.MenuDropDownIcon(), p.pickPhone)
	p.phone.IconPlacement = widget.ButtonIconTrailingText
	p.plot = newBarPlot(func(int) { p.tell() })
	p.empty, p.full = noUsage(), p.content()
	body := container.New(column{readingWidth},
		container.New(layout.NewCustomPaddedLayout(0, 16, 16, 16), container.NewVBox(p.empty, p.full)))
	p.object = container.NewBorder(pageHeader(lang.L("Usage"), back, nil), nil, nil, nil, container.NewVScroll(body))
	return p
}

func (p *usagePage) content() fyne.CanvasObject {
	sums := container.New(layout.NewCustomPaddedHBoxLayout(28), figure(lang.L("Today"), p.today), figure(lang.L("30 days"), p.month))
	controls := container.New(layout.NewCustomPaddedHBoxLayout(14), p.measure.object, p.phone)
	head := container.NewBorder(nil, nil, container.New(layout.NewCustomPaddedLayout(0, 0, 0, 24), sums), centred(controls))
	plot := card(container.New(layout.NewCustomPaddedVBoxLayout(10), head, p.told, p.plot))
	lists := card(container.NewGridWithColumns(2, container.New(layout.NewCustomPaddedLayout(0, 0, 0, 16), p.models.object),
		container.New(layout.NewCustomPaddedLayout(0, 0, 16, 0), p.phones.object)))
	return container.New(layout.NewCustomPaddedVBoxLayout(10), plot, lists)
}

// figure is a number with what it counts above.
func figure(label string, number *canvas.Text) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedVBoxLayout(0), text(label, 12, colorMuted, fyne.TextStyle{}), number)
}

// noUsage is the friendly face of a page without numbers.
func noUsage() fyne.CanvasObject {
	return card(explain(lang.L("Nothing used yet"),
		lang.L("What your phones use is counted here, day by day, for 30 days. Only numbers are kept: no questions and no answers."), nil))
}

// show takes note of s. What nobody sees is not drawn.
func (p *usagePage) show(s app.State, now time.Time) {
	p.known = usageKnown{rows: s.Usage, now: now}
	for _, d := range s.Devices {
		p.known.devices = append(p.known.devices, phoneName{d.ID, oneLine(d.Name)})
	}
	// The order of the list of phones follows who was here last, which is nothing to this page.
	slices.SortFunc(p.known.devices, func(a, b phoneName) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.id, b.id)) })
	p.draw()
}

// ask shows something else of the usage.
func (p *usagePage) ask(q usageQuery) {
	p.query = q
	p.measure.set(0)
	if q.requests {
		p.measure.set(1)
	}
	p.draw()
}

func (p *usagePage) draw() {
	if p.query.device != "" && p.nameOf(p.query.device) == "" {
		p.query.device = "" // it was removed
	}
	if !p.object.Visible() || p.query == p.asked && p.known.same(p.drawn) {
		return
	}
	p.asked, p.drawn = p.query, p.known
	setShown(p.empty, len(p.known.rows) == 0)
	setShown(p.full, len(p.known.rows) > 0)
	p.drawNumbers()
	p.tell()
}

func (k usageKnown) same(other usageKnown) bool {
	return k.now.Format(time.DateOnly) == other.now.Format(time.DateOnly) &&
		slices.Equal(k.rows, other.rows) && slices.Equal(k.devices, other.devices)
}

func (p *usagePage) drawNumbers() {
	p.days = daysUntil(p.known.now)
	q, rows := p.query, during(p.days, p.known.rows)
	kinds := kindsOf(rows)
	p.stacks = q.stacks(rows, p.days, kinds)
	p.plot.set(p.days, p.stacks, tintsOf(kinds))

	month := 0
	for _, stack := range p.stacks {
		month += sum(stack)
	}
	setText(p.today, compact(sum(p.stacks[len(p.stacks)-1])))
	setText(p.month, compact(month))
	p.phone.SetText(shortened(p.whose(), longestModel))
	setShown(p.phone, len(p.known.devices) > 1 || q.device != "")
	p.models.show(q.byModel(rows, kinds))
	p.phones.show(q.byPhone(rows, p.nameOf))
}

// whose says of which phone the numbers are.
func (p *usagePage) whose() string {
	if p.query.device == "" {
		return lang.L("All phones")
	}
	return p.nameOf(p.query.device)
}

// nameOf is the name of a phone; empty when there is no such phone any more.
func (p *usagePage) nameOf(id string) string {
	for _, d := range p.known.devices {
		if d.id == id {
			return d.name
		}
	}
	return ""
}

// tell says of which days the plot is, or what it was on the day that was pointed at.
func (p *usagePage) tell() {
	if len(p.days) == 0 {
		return
	}
	day := p.plot.day()
	if day == noDay {
		setText(p.told, dayName(p.days[0])+" – "+dayName(p.days[len(p.days)-1]))
		return
	}
	words := tokens
	if p.query.requests {
		words = requests
	}
	setText(p.told, dayName(p.days[day])+between+words(sum(p.stacks[day])))
}

// pickPhone lets the person see the numbers of one phone.
func (p *usagePage) pickPhone() {
	items := []*fyne.MenuItem{p.phoneItem(phoneName{"", lang.L("All phones")})}
	for _, d := range p.known.devices {
		items = append(items, p.phoneItem(d))
	}
	p.ui.openMenu(p.phone, items...)
}

func (p *usagePage) phoneItem(d phoneName) *fyne.MenuItem {
	item := fyne.NewMenuItem(shortened(d.name, longestModel), func() {
		p.query.device = d.id
		p.draw()
	})
	item.Checked = d.id == p.query.device
	return item
}
