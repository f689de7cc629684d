package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
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
	step, lines       int // of the scale, without the line of 0
}

func (p *barPlot) area(size fyne.Size) plotArea {
	most := 1
	for _, stack := range p.stacks {
		most = max(most, sum(stack))
	}
	a := plotArea{top: aboveBars, ground: size.Height - underBars, step: stepFor(most)}
	a.lines = (most-1)/a.step + 1
	for i := range a.lines + 1 {
		a.left = max(a.left, textWidth(compact(i*a.step))+gutter)
	}
	a.width = size.Width - a.left
	a.slot = a.width / float32(max(len(p.days), 1))
	return a
}

// height is how far up n reaches.
func (a plotArea) height(n int) float32 {
	return (a.ground - a.top) * float32(n) / float32(a.step) / float32(a.lines)
}

// stepFor is a round distance between lines, for a scale up to most, which is at least 1.
func stepFor(most int) int {
	for size := 1; ; size *= 10 {
		for _, step := range []int{size, 2 * size, 5 * size} {
			if step > (most-1)/gridLines {
				return step
			}
		}
	}
}

func textWidth(s string) float32 {
	return fyne.MeasureText(s, plotText, fyne.TextStyle{}).Width
}
