package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app/ui/look"
)

// barHeight is as thin as a line that can still be seen across a room.
const barHeight = 6

// Bar shows how much of something is there. Fyne's own has room for a number, which stands beside this one.
type Bar struct {
	widget.BaseWidget
	Share float32 // 0 to 1
}

// NewBar makes one that is empty.
func NewBar() *Bar {
	b := &Bar{}
	b.ExtendBaseWidget(b)
	return b
}

// Set shows how much is there. A change that cannot be seen draws nothing.
func (b *Bar) Set(share float32) {
	width := max(b.Size().Width, 100)
	if int(share*width*2) != int(b.Share*width*2) {
		b.Share = share
		b.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{bar: b, back: canvas.NewRectangle(nil), full: canvas.NewRectangle(nil)}
	r.back.CornerRadius, r.full.CornerRadius = barHeight/2, barHeight/2
	r.paint()
	return r
}

type barRenderer struct {
	bar        *Bar
	back, full *canvas.Rectangle
}

func (r *barRenderer) paint() {
	r.back.FillColor = theme.Color(look.ColorCardEdge)
	r.full.FillColor = theme.Color(theme.ColorNamePrimary)
}

func (r *barRenderer) Layout(size fyne.Size) {
	r.back.Resize(fyne.NewSize(size.Width, barHeight))
	r.full.Resize(fyne.NewSize(size.Width*r.bar.Share, barHeight))
	if r.bar.Share == 0 {
		r.full.Hide()
	} else {
		r.full.Show()
	}
}

func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(barHeight, barHeight) }

func (r *barRenderer) Refresh() {
	r.paint()
	r.Layout(r.bar.Size())
	r.back.Refresh()
	r.full.Refresh()
}

func (r *barRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.back, r.full} }
func (r *barRenderer) Destroy()                     {}
