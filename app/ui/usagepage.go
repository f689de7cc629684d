package ui

import (
	"cmp"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/plot"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/usage"
	"modelbeam/app/words"
)

// usagePage is the third page of the window: what phones used in the last 30 days.
type usagePage struct {
	ui     *UI
	query  plot.Query
	known  usageKnown // the newest
	drawn  usageKnown // what the page shows
	asked  plot.Query // of drawn
	days   []time.Time
	stacks [][]int

	measure *widgets.Choice // tokens or requests
	phone   *widgets.Button // whose
	today   *canvas.Text
	month   *canvas.Text
	plot    *plot.Bars
	told    *canvas.Text // the day in question
	models  *plot.Totals
	phones  *plot.Totals
	empty   fyne.CanvasObject
	full    fyne.CanvasObject
	object  fyne.CanvasObject
}

// usageKnown is the part of a State that the page depends on.
type usageKnown struct {
	rows    []usage.Row
	devices []phoneName
	now     time.Time
}

// phoneName is what a device is called.
type phoneName struct{ id, name string }

func newUsagePage(u *UI, back func()) *usagePage {
	p := &usagePage{
		ui:     u,
		today:  look.Text("", 24, theme.ColorNameForeground, fyne.TextStyle{Bold: true}),
		month:  look.Text("", 24, theme.ColorNameForeground, fyne.TextStyle{Bold: true}),
		told:   look.Text("", 13, look.ColorMuted, fyne.TextStyle{}),
		models: plot.NewTotals(words.L("Models")),
		phones: plot.NewTotals(words.L("Phones")),
	}
	p.measure = widgets.NewChoice(func() {
		p.query.Requests = p.measure.Chosen == 1
		p.draw()
	}, words.L("Tokens"), words.L("Requests"))
	p.phone = widgets.NewButtonWithIcon("", theme.MenuDropDownIcon(), p.pickPhone)
	p.phone.IconPlacement = widget.ButtonIconTrailingText
	p.plot = plot.NewBars(func(int) { p.tell() })
	p.empty, p.full = noUsage(), p.content()
	body := container.New(look.Column{Max: readingWidth},
		container.New(layout.NewCustomPaddedLayout(0, 16, 16, 16), container.NewVBox(p.empty, p.full)))
	p.object = look.Border(pageHeader(words.L("Usage"), back, nil), nil, nil, nil, container.NewVScroll(body))
	return p
}

func (p *usagePage) content() fyne.CanvasObject {
	sums := container.New(layout.NewCustomPaddedHBoxLayout(28), figure(words.L("Today"), p.today), figure(words.L("30 days"), p.month))
	controls := container.New(layout.NewCustomPaddedHBoxLayout(14), p.measure.Object, p.phone)
	head := look.Border(nil, nil, container.New(layout.NewCustomPaddedLayout(0, 0, 0, 24), sums), look.Centred(controls))
	plot := look.Card(container.New(layout.NewCustomPaddedVBoxLayout(10), head, p.told, p.plot))
	lists := look.Card(container.NewGridWithColumns(2, container.New(layout.NewCustomPaddedLayout(0, 0, 0, 16), p.models.Object),
		container.New(layout.NewCustomPaddedLayout(0, 0, 16, 0), p.phones.Object)))
	return container.New(layout.NewCustomPaddedVBoxLayout(10), plot, lists)
}

// figure is a number with what it counts above.
func figure(label string, number *canvas.Text) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedVBoxLayout(0), look.Text(label, 12, look.ColorMuted, fyne.TextStyle{}), number)
}

// noUsage is the friendly face of a page without numbers.
func noUsage() fyne.CanvasObject {
	return look.Card(explain(words.L("Nothing used yet"),
		words.L("What your phones use is counted here, day by day, for 30 days. Only the numbers are kept, never the questions or answers."), nil))
}

// show takes note of s. Nothing is drawn while nobody can see it.
func (p *usagePage) show(s app.State, now time.Time) {
	p.known = usageKnown{rows: s.Usage, now: now}
	for _, d := range s.Devices {
		p.known.devices = append(p.known.devices, phoneName{d.ID, words.OneLine(d.Name)})
	}
	// The list of phones is ordered by who was here last, which does not matter on this page.
	slices.SortFunc(p.known.devices, func(a, b phoneName) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.id, b.id)) })
	p.draw()
}

// ask changes what is shown of the usage.
func (p *usagePage) ask(q plot.Query) {
	p.query = q
	p.measure.Set(0)
	if q.Requests {
		p.measure.Set(1)
	}
	p.draw()
}

func (p *usagePage) draw() {
	if p.query.Device != "" && p.nameOf(p.query.Device) == "" {
		p.query.Device = "" // it was removed
	}
	if !p.object.Visible() || p.query == p.asked && p.known.same(p.drawn) {
		return
	}
	p.asked, p.drawn = p.query, p.known
	look.SetShown(p.empty, len(p.known.rows) == 0)
	look.SetShown(p.full, len(p.known.rows) > 0)
	p.drawNumbers()
	p.tell()
}

func (k usageKnown) same(other usageKnown) bool {
	return k.now.Format(time.DateOnly) == other.now.Format(time.DateOnly) &&
		slices.Equal(k.rows, other.rows) && slices.Equal(k.devices, other.devices)
}

func (p *usagePage) drawNumbers() {
	p.days = plot.DaysUntil(p.known.now)
	q, rows := p.query, plot.During(p.days, p.known.rows)
	kinds := plot.KindsOf(rows)
	p.stacks = q.Stacks(rows, p.days, kinds)
	p.plot.Set(p.days, p.stacks, plot.TintsOf(kinds))

	month := 0
	for _, stack := range p.stacks {
		month += plot.Sum(stack)
	}
	look.SetText(p.today, words.Compact(plot.Sum(p.stacks[len(p.stacks)-1])))
	look.SetText(p.month, words.Compact(month))
	p.phone.SetText(words.Shortened(p.whose(), words.LongestModel))
	look.SetShown(p.phone, len(p.known.devices) > 1 || q.Device != "")
	p.models.Show(q.ByModel(rows, kinds))
	p.phones.Show(q.ByPhone(rows, p.nameOf))
}

// whose says which phone the numbers are about.
func (p *usagePage) whose() string {
	if p.query.Device == "" {
		return words.L("All phones")
	}
	return p.nameOf(p.query.Device)
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

// tell says which days the plot covers, or what was used on the day that is pointed at.
func (p *usagePage) tell() {
	if len(p.days) == 0 {
		return
	}
	day := p.plot.Day()
	if day == plot.NoDay {
		look.SetText(p.told, words.DayName(p.days[0])+" – "+words.DayName(p.days[len(p.days)-1]))
		return
	}
	count := words.Tokens
	if p.query.Requests {
		count = words.Requests
	}
	look.SetText(p.told, words.DayName(p.days[day])+words.Between+count(plot.Sum(p.stacks[day])))
}

// pickPhone lets the person see the numbers of one phone.
func (p *usagePage) pickPhone() {
	items := []*fyne.MenuItem{p.phoneItem(phoneName{"", words.L("All phones")})}
	for _, d := range p.known.devices {
		items = append(items, p.phoneItem(d))
	}
	p.ui.openMenu(p.phone, items...)
}

func (p *usagePage) phoneItem(d phoneName) *fyne.MenuItem {
	item := fyne.NewMenuItem(words.Shortened(d.name, words.LongestModel), func() {
		p.query.Device = d.id
		p.draw()
	})
	item.Checked = d.id == p.query.Device
	return item
}
