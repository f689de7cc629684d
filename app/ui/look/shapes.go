package look

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// CardRadius rounds every card and box of the window.
const CardRadius = 14

// Rounded is a rectangle in a theme colour. The colour is read once: a change of theme makes
// a new page.
func Rounded(fill fyne.ThemeColorName, radius float32) *canvas.Rectangle {
	r := canvas.NewRectangle(theme.Color(fill))
	r.CornerRadius = radius
	return r
}

// Card puts o on a raised sheet.
func Card(o fyne.CanvasObject) *fyne.Container {
	back := Rounded(colorCard, CardRadius)
	back.StrokeColor, back.StrokeWidth = theme.Color(ColorCardEdge), 1
	return container.NewStack(back, Padded(o, 16, 16))
}

// Padded keeps o away from its surroundings.
func Padded(o fyne.CanvasObject, vertical, horizontal float32) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(vertical, vertical, horizontal, horizontal), o)
}

// Centred puts o into the middle at its smallest size.
func Centred(o fyne.CanvasObject) *fyne.Container { return container.NewCenter(o) }

// Middle puts o at half height, as wide as there is room for.
func Middle(o fyne.CanvasObject) *fyne.Container {
	return container.NewVBox(layout.NewSpacer(), o, layout.NewSpacer())
}

// Text is one line in a theme colour.
func Text(s string, size float32, c fyne.ThemeColorName, style fyne.TextStyle) *canvas.Text {
	t := canvas.NewText(s, theme.Color(c))
	t.TextSize, t.TextStyle = size, style
	return t
}

// Icon is a picture of one colour and fixed size.
func Icon(r fyne.Resource, c fyne.ThemeColorName, size float32) fyne.CanvasObject {
	img := canvas.NewImageFromResource(theme.NewColoredResource(r, c))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(size))
	return Centred(img)
}

// Quiet makes a button less loud than its neighbours.
func Quiet(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewThemeOverride(o, hushed{New()})
}

// Paragraph is text that wraps.
func Paragraph(s string) *widget.Label {
	l := widget.NewLabel(s)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// Border is Fyne's, with its parts in the order in which people read them: that is the one in which Tab goes.
// Any but the last may be nil, and the last one missing.
func Border(top, bottom, left, right fyne.CanvasObject, middle ...fyne.CanvasObject) *fyne.Container {
	frame := container.New(layout.NewBorderLayout(top, bottom, left, right))
	for _, o := range slices.Concat([]fyne.CanvasObject{top, left}, middle, []fyne.CanvasObject{right, bottom}) {
		if o != nil {
			frame.Add(o)
		}
	}
	return frame
}

// Sized keeps o at exactly this size.
func Sized(o fyne.CanvasObject, size fyne.Size) *fyne.Container {
	return container.NewGridWrap(size, o)
}

// Column is a layout for one object that keeps it readable in a wide window: never wider than
// max, in the middle.
type Column struct{ Max float32 }

// MinSize implements fyne.Layout.
func (c Column) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

// Layout implements fyne.Layout.
func (c Column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(size.Width, c.Max)
	objects[0].Move(fyne.NewPos((size.Width-width)/2, 0))
	objects[0].Resize(fyne.NewSize(width, size.Height))
}

// Emblem is a quiet square with a picture in its middle.
func Emblem(fill fyne.ThemeColorName, o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(Rounded(fill, CardRadius), o)
}
