package plot

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
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

// NoDay says that no day of a plot is chosen.
const NoDay = -1

// Bars draws one bar a day, of pieces in several colours. It tells of a day while the mouse is over
// it; a click keeps that day, and so do the arrow keys.
type Bars struct {
	widget.BaseWidget
	days   []time.Time
	stacks [][]int // by day, from the ground up
	tints  []fyne.ThemeColorName

	clicked, over int // days; NoDay
	focused       bool
	told          func(day int)
}

var (
	_ fyne.Tappable     = (*Bars)(nil)
	_ desktop.Hoverable = (*Bars)(nil)
	_ fyne.Focusable    = (*Bars)(nil)
)

// NewBars makes a plot without bars. It calls told with the day to be told of, or NoDay, whenever that
// changes.
func NewBars(told func(day int)) *Bars {
	p := &Bars{clicked: NoDay, over: NoDay, told: told}
	p.ExtendBaseWidget(p)
	return p
}

// Set shows other bars.
func (p *Bars) Set(days []time.Time, stacks [][]int, tints []fyne.ThemeColorName) {
	p.days, p.stacks, p.tints = days, stacks, tints
	p.Refresh()
}

// Day is the one that is told of, or NoDay.
func (p *Bars) Day() int {
	if p.over != NoDay {
		return p.over
	}
	return p.clicked
}

// Point changes which day is told.
func (p *Bars) Point(clicked, over int) {
	before := p.Day()
	p.clicked, p.over = clicked, over
	if p.Day() != before {
		p.Refresh()
		p.told(p.Day())
	}
}

// Tapped keeps the day that was clicked; another click on it lets go.
func (p *Bars) Tapped(e *fyne.PointEvent) {
	clicked := p.dayAt(e.Position)
	if clicked == p.clicked {
		clicked = NoDay
	}
	p.Point(clicked, NoDay)
}

// MouseIn implements desktop.Hoverable.
func (p *Bars) MouseIn(e *desktop.MouseEvent) { p.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (p *Bars) MouseMoved(e *desktop.MouseEvent) { p.Point(p.clicked, p.dayAt(e.Position)) }

// MouseOut implements desktop.Hoverable.
func (p *Bars) MouseOut() { p.Point(p.clicked, NoDay) }

// FocusGained implements fyne.Focusable.
func (p *Bars) FocusGained() { p.setFocused(true) }

// FocusLost implements fyne.Focusable.
func (p *Bars) FocusLost() { p.setFocused(false) }

func (p *Bars) setFocused(focused bool) {
	p.focused = focused
	p.Refresh()
	if focused {
		widgets.Reveal(p)
	}
}

// TypedRune implements fyne.Focusable.
func (p *Bars) TypedRune(rune) {}

// TypedKey implements fyne.Focusable: the arrows go from day to day, beginning at the last one, and Space lets go.
func (p *Bars) TypedKey(e *fyne.KeyEvent) {
	last := len(p.days) - 1
	switch e.Name {
	case fyne.KeyLeft:
		if p.clicked != NoDay {
			last = max(p.clicked-1, 0)
		}
		p.Point(last, NoDay)
	case fyne.KeyRight:
		if p.clicked != NoDay {
			last = min(p.clicked+1, last)
		}
		p.Point(last, NoDay)
	case fyne.KeyHome:
		p.Point(min(0, last), NoDay)
	case fyne.KeyEnd:
		p.Point(last, NoDay)
	case fyne.KeySpace:
		p.Point(NoDay, NoDay)
	default:
		widgets.Pass(p, e)
	}
}

// dayAt is the day above or below a position.
func (p *Bars) dayAt(pos fyne.Position) int {
	a := p.area(p.Size())
	if pos.X < a.left || pos.X >= a.left+a.width {
		return NoDay
	}
	return min(int((pos.X-a.left)/a.slot), len(p.days)-1)
}

// MinSize is what a plot needs to be readable.
func (p *Bars) MinSize() fyne.Size { return fyne.NewSize(320, plotHeight) }

// CreateRenderer implements fyne.Widget.
func (p *Bars) CreateRenderer() fyne.WidgetRenderer { return &barPlotRenderer{plot: p} }

// plotArea is where the bars stand.
type plotArea struct {
	left, width, slot float32
	top, ground       float32
	step, lines       int // of the scale, without the line of 0
}

func (p *Bars) area(size fyne.Size) plotArea {
	most := 1
	for _, stack := range p.stacks {
		most = max(most, Sum(stack))
	}
	a := plotArea{top: aboveBars, ground: size.Height - underBars, step: stepFor(most)}
	a.lines = (most-1)/a.step + 1
	for i := range a.lines + 1 {
		a.left = max(a.left, textWidth(words.Compact(i*a.step))+gutter)
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
