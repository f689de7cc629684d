package plot

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// barPlotRenderer makes the plot's objects anew for every size and every change.
type barPlotRenderer struct {
	plot    *Bars
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
	if day := r.plot.Day(); day != NoDay && day < len(r.plot.days) {
		r.add(look.Rounded(look.ColorWell, barRadius), a.left+float32(day)*a.slot, 0, a.slot, a.ground)
	}
	r.drawGrid(a)
	for i, stack := range r.plot.stacks {
		r.drawBar(a, i, stack)
	}
	r.drawDays(a)
	ring := widgets.NewRing(barRadius)
	ring.Layout(r.size)
	ring.Show(r.plot.focused)
	r.objects = append(r.objects, ring.Objects()...)
}

func (r *barPlotRenderer) add(o fyne.CanvasObject, x, y, width, height float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(width, height))
	r.objects = append(r.objects, o)
}

func (r *barPlotRenderer) drawGrid(a plotArea) {
	for i := range a.lines + 1 {
		n := i * a.step
		y := a.ground - a.height(n)
		line := canvas.NewRectangle(theme.Color(theme.ColorNameSeparator))
		r.add(line, a.left, y, a.width, 1)
		label := look.Text(words.Compact(n), plotText, look.ColorMuted, fyne.TextStyle{})
		size := label.MinSize()
		r.add(label, a.left-gutter-size.Width, y-size.Height/2, size.Width, size.Height)
	}
}

func (r *barPlotRenderer) drawBar(a plotArea, day int, stack []int) {
	n := Sum(stack)
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
		names[i] = words.DayName(day)
		if i == len(names)-1 {
			names[i] = words.L("Today")
		}
		widest = max(widest, textWidth(names[i]))
	}
	every := max(int((widest+labelMargin)/a.slot)+1, 1)
	for i := len(names) - 1; i >= 0; i -= every {
		label := look.Text(names[i], plotText, look.ColorMuted, fyne.TextStyle{})
		size := label.MinSize()
		x := a.left + (float32(i)+0.5)*a.slot - size.Width/2
		r.add(label, min(max(x, 0), a.left+a.width-size.Width), a.ground+4, size.Width, size.Height)
	}
}
