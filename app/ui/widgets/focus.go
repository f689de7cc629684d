package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// ringWidth is that of each of the two lines of a ring.
const ringWidth = 2

// Ring is the frame around what the keyboard acts on. Fyne's own sign, a slightly other ground, can hardly be told
// from none. It is of two lines, one dark and one light, so that one of them stands out on any ground (WCAG 2.2,
// 1.4.11 and 2.4.7).
type Ring struct{ outer, inner *canvas.Rectangle }

// NewRing makes one that is not shown, for corners of that radius.
func NewRing(radius float32) Ring {
	r := Ring{canvas.NewRectangle(nil), canvas.NewRectangle(nil)}
	r.outer.CornerRadius, r.inner.CornerRadius = radius, max(radius-ringWidth, 0)
	r.outer.StrokeWidth, r.inner.StrokeWidth = ringWidth, ringWidth
	r.Show(false)
	return r
}

// Layout puts it around something of that size.
func (r Ring) Layout(size fyne.Size) {
	r.outer.Resize(size)
	r.inner.Move(fyne.NewSquareOffsetPos(ringWidth))
	r.inner.Resize(size.SubtractWidthHeight(2*ringWidth, 2*ringWidth))
}

// Move moves it.
func (r Ring) Move(by fyne.Position) {
	r.outer.Move(by)
	r.inner.Move(by.AddXY(ringWidth, ringWidth))
}

// Show shows it or not.
func (r Ring) Show(focused bool) {
	r.outer.StrokeColor, r.inner.StrokeColor = theme.Color(theme.ColorNameForeground), theme.Color(theme.ColorNameBackground)
	r.outer.Hidden, r.inner.Hidden = !focused, !focused
	r.outer.Refresh()
	r.inner.Refresh()
}

// Objects are for a renderer.
func (r Ring) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.outer, r.inner} }

// ringed is a renderer of Fyne's with a ring around it.
type ringed struct {
	fyne.WidgetRenderer
	ring    Ring
	focused func() bool
}

// Layout implements fyne.WidgetRenderer.
func (r *ringed) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.ring.Layout(size)
}

// Objects implements fyne.WidgetRenderer.
func (r *ringed) Objects() []fyne.CanvasObject {
	return append(r.WidgetRenderer.Objects(), r.ring.Objects()...)
}

// Refresh implements fyne.WidgetRenderer.
func (r *ringed) Refresh() {
	r.ring.Show(r.focused())
	r.WidgetRenderer.Refresh()
}

// isPress reports whether a key presses what has the focus. Fyne's own buttons know only the space bar.
func isPress(e *fyne.KeyEvent) bool {
	return e.Name == fyne.KeySpace || e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter
}

// Pass gives the window a key that a control has no use for, such as Escape: Fyne asks the window only while nothing
// has the focus.
func Pass(o fyne.CanvasObject, e *fyne.KeyEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}

// sheets are what lies over windows, which Fyne tells nobody. Only the goroutine that owns the widgets touches it.
var sheets = make(map[fyne.Canvas]fyne.CanvasObject)

// SetSheet says what lies over a window; nil for nothing.
func SetSheet(c fyne.Canvas, content fyne.CanvasObject) {
	if content == nil {
		delete(sheets, c)
		return
	}
	sheets[c] = content
}

// Reveal scrolls to what has the focus now: Fyne leaves it where nobody sees it.
func Reveal(o fyne.CanvasObject) {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return
	}
	top := c.Content()
	if sheets[c] != nil {
		top = sheets[c]
	}
	around, _ := scrollsAround(top, o)
	for _, s := range around {
		scrollTo(s, o)
	}
}

// scrollsAround finds the scroll areas around o, below at, the innermost first.
func scrollsAround(at, o fyne.CanvasObject) (around []*container.Scroll, found bool) {
	if at == o {
		return nil, true
	}
	var below []fyne.CanvasObject
	switch at := at.(type) {
	case *fyne.Container:
		below = at.Objects
	case *container.Scroll:
		if around, found = scrollsAround(at.Content, o); found {
			around = append(around, at)
		}
		return around, found
	case *container.ThemeOverride:
		below = []fyne.CanvasObject{at.Content}
	}
	for _, child := range below {
		if around, found = scrollsAround(child, o); found {
			return around, true
		}
	}
	return nil, false
}

// scrollTo moves a scroll area by as little as shows o.
func scrollTo(s *container.Scroll, o fyne.CanvasObject) {
	const margin = 8
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(s).Y
	bottom := top + o.Size().Height
	offset := s.Offset
	switch {
	case top < margin:
		offset.Y += top - margin
	case bottom > s.Size().Height-margin:
		offset.Y += bottom - s.Size().Height + margin
	default:
		return
	}
	s.ScrollToOffset(fyne.NewPos(offset.X, max(offset.Y, 0)))
}
