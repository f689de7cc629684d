package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

const (
	plotHeight  = 210
	plotText    = 11
	mostBar     = 22 // the width of a bar in a wide window
	leastBar    = 2  // the height of a day with very little
	barRadius   = 3
	gutter      = 8  // between the numbers and the bars
	underBars   = 20 // room for the days
	aboveBars   = 8
	labelMargin = 16 // between two days
	gridLines   = 4
)

// noDay says that no day of a plot is chosen.
const noDay = -1

// barPlot draws one bar a day, of pieces in several colours. A day is told when the mouse is over
// it; a click keeps it.
type barPlot struct {
	widget.BaseWidget
	days   []time.Time
	stacks [][]int // by day, from the ground up
	tints  []fyne.ThemeColorName

	clicked, over int // days; noDay
	told          func(day int)
}

var (
	_ fyne.Tappable     = (*barPlot)(nil)
	_ desktop.Hoverable = (*barPlot)(nil)
)

func newBarPlot(told func(day int)) *barPlot {
	p := &barPlot{clicked: noDay, over: noDay, told: told}
	p.ExtendBaseWidget(p)
	return p
}

// set shows other bars.
func (p *barPlot) set(days []time.Time, stacks [][]int, tints []fyne.ThemeColorName) {
	p.days, p.stacks, p.tints = days, stacks, tints
	p.Refresh()
}

// day is the one to be told of, or noDay.
func (p *barPlot) day() int {
	if p.over != noDay {
		return p.over
	}
	return p.clicked
}

// point changes which day is told.
func (p *barPlot) point(clicked, over int) {
	before := p.day()
	p.clicked, p.over = clicked, over
	if p.day() != before {
		p.Refresh()
		p.told(p.day())
	}
}

// Tapped keeps the day that was clicked; another click on it lets go.
func (p *barPlot) Tapped(e *fyne.PointEvent) {
	clicked := p.dayAt(e.Position)
	if clicked == p.clicked {
		clicked = noDay
	}
	p.point(clicked, noDay)
}

// MouseIn implements desktop.Hoverable.
func (p *barPlot) MouseIn(e *desktop.MouseEvent) { p.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (p *barPlot) MouseMoved(e *desktop.MouseEvent) { p.point(p.clicked, p.dayAt(e.Position)) }

// MouseOut implements desktop.Hoverable.
func (p *barPlot) MouseOut() { p.point(p.clicked, noDay) }

// dayAt is the day above or below a position.
func (p *barPlot) dayAt(pos fyne.Position) int {
	a := p.area(p.Size())
	if pos.X < a.left || pos.X >= a.left+a.width {
		return noDay
	}
	return min(int((pos.X-a.left)/a.slot), len(p.days)-1)
}

// MinSize is what a plot needs to be readable.
func (p *barPlot) MinSize() fyne.Size { return fyne.NewSize(320, plotHeight) }

// CreateRenderer implements fyne.Widget.
func (p *barPlot) CreateRenderer() fyne.WidgetRenderer { return &barPlotRenderer{plot: p} }

// plotArea is where the bars stand.
type plotArea struct {
	left, width, slot float32
	top, ground       float32
	step, most        int // of the scale
}

func (p *barPlot) area(size fyne.Size) plotArea {
	a := plotArea{top: aboveBars, ground: size.Height - underBars}
	for _, stack := range p.stacks {
		a.most = max(a.most, sum(stack))
	}
	a.step = stepFor(a.most)
	a.most = max((a.most+a.step-1)/a.step, 1) * a.step
	for n := 0; n <= a.most; n += a.step {
		a.left = max(a.left, textWidth(compact(n))+gutter)
	}
	a.width = size.Width - a.left
	a.slot = a.width / float32(max(len(p.days), 1))
	return a
}

// height is how far up n reaches.
func (a plotArea) height(n int) float32 {
	return (a.ground - a.top) * float32(n) / float32(a.most)
}

// stepFor is a round distance between lines, for a scale up to most.
func stepFor(most int) int {
	for size := 1; ; size *= 10 {
		for _, step := range []int{size, 2 * size, 5 * size} {
			if step*gridLines >= most {
				return step
			}
		}
	}
}

func textWidth(s string) float32 {
	return fyne.MeasureText(s, plotText, fyne.TextStyle{}).Width
}

// barPlotRenderer makes the plot's objects anew for every size and every change.
type barPlotRenderer struct {
	plot    *barPlot
	size    fyne.Size
	objects []fyne.CanvasObject
}

func (r *barPlotRenderer) Layout(size fyne.Size) {
	if size != r.size {
		r.size = size
		r.draw()
	}
}

func (r *barPlotRenderer) Refresh() {
	r.draw()
	canvas.Refresh(r.plot)
}

func (r *barPlotRenderer) MinSize() fyne.Size           { return r.plot.MinSize() }
func (r *barPlotRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *barPlotRenderer) Destroy()                     {}

func (r *barPlotRenderer) draw() {
	r.objects = nil
	a := r.plot.area(r.size)
	if day := r.plot.day(); day != noDay && day < len(r.plot.days) {
		r.add(rounded(colorWell, barRadius), a.left+float32(day)*a.slot, 0, a.slot, a.ground)
	}
	r.drawGrid(a)
	for i, stack := range r.plot.stacks {
		r.drawBar(a, i, stack)
	}
	r.drawDays(a)
}

func (r *barPlotRenderer) add(o fyne.CanvasObject, x, y, width, height float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(width, height))
	r.objects = append(r.objects, o)
}

func (r *barPlotRenderer) drawGrid(a plotArea) {
	for n := 0; n <= a.most; n += a.step {
		y := a.ground - a.height(n)
		line := canvas.NewRectangle(theme.Color(theme.ColorNameSeparator))
		r.add(line, a.left, y, a.width, 1)
		label := text(compact(n), plotText, colorMuted, fyne.TextStyle{})
		size := label.MinSize()
		r.add(label, a.left-gutter-size.Width, y-size.Height/2, size.Width, size.Height)
	}
}

func (r *barPlotRenderer) drawBar(a plotArea, day int, stack []int) {
	n := sum(stack)
	if n == 0 {
		return
	}
	width := min(a.slot*0.7, mostBar)
	x := a.left + float32(day)*a.slot + (a.slot-width)/2
	stretch := max(1, leastBar/a.height(n))
	y, below := a.ground, float32(0)
	var last *canvas.Rectangle
	for kind, v := range stack {
		height := a.height(v) * stretch
		if v == 0 {
			continue
		}
		last = canvas.NewRectangle(theme.Color(r.plot.tints[kind]))
		y -= height
		if below > 2 && height > 2 {
			height-- // a fine line to the piece below
		}
		below = height
		r.add(last, x, y, width, height)
	}
	last.TopLeftCornerRadius = min(barRadius, last.Size().Height)
	last.TopRightCornerRadius = last.TopLeftCornerRadius
}

// drawDays names as many days as there is room for. The last, which matters most, always has
// its name.
func (r *barPlotRenderer) drawDays(a plotArea) {
	names := make([]string, len(r.plot.days))
	widest := float32(0)
	for i, day := range r.plot.days {
		names[i] = dayName(day)
		if i == len(names)-1 {
			names[i] = lang.L("Today")
		}
		widest = max(widest, textWidth(names[i]))
	}
	every := max(int((widest+labelMargin)/a.slot)+1, 1)
	for i := len(names) - 1; i >= 0; i -= every {
		label := text(names[i], plotText, colorMuted, fyne.TextStyle{})
		size := label.MinSize()
		x := a.left + (float32(i)+0.5)*a.slot - size.Width/2
		r.add(label, min(max(x, 0), a.left+a.width-size.Width), a.ground+4, size.Width, size.Height)
	}
}
