package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// cardRadius rounds every card and box of the window.
const cardRadius = 14

// rounded is a rectangle in a theme colour. The colour is read once: a change of theme makes
// a new page.
func rounded(fill fyne.ThemeColorName, radius float32) *canvas.Rectangle {
	r := canvas.NewRectangle(theme.Color(fill))
	r.CornerRadius = radius
	return r
}

// card puts o on a raised sheet.
func card(o fyne.CanvasObject) *fyne.Container {
	back := rounded(colorCard, cardRadius)
	back.StrokeColor, back.StrokeWidth = theme.Color(colorCardEdge), 1
	return container.NewStack(back, padded(o, 16, 16))
}

// padded keeps o away from its surroundings.
func padded(o fyne.CanvasObject, vertical, horizontal float32) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(vertical, vertical, horizontal, horizontal), o)
}

// centred puts o into the middle at its smallest size.
func centred(o fyne.CanvasObject) *fyne.Container { return container.NewCenter(o) }

// middle puts o at half height, as wide as there is room.
func middle(o fyne.CanvasObject) *fyne.Container {
	return container.NewVBox(layout.NewSpacer(), o, layout.NewSpacer())
}

// text is one line in a theme colour.
func text(s string, size float32, c fyne.ThemeColorName, style fyne.TextStyle) *canvas.Text {
	t := canvas.NewText(s, theme.Color(c))
	t.TextSize, t.TextStyle = size, style
	return t
}

// icon is a picture of one colour and fixed size.
func icon(r fyne.Resource, c fyne.ThemeColorName, size float32) fyne.CanvasObject {
	img := canvas.NewImageFromResource(theme.NewColoredResource(r, c))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(size))
	return centred(img)
}

// quiet makes a button less loud than its neighbours.
func quiet(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewThemeOverride(o, hushed{newLook()})
}

// paragraph is text that wraps.
func paragraph(s string) *widget.Label {
	l := widget.NewLabel(s)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// sized keeps o at exactly this size.
func sized(o fyne.CanvasObject, size fyne.Size) *fyne.Container {
	return container.NewGridWrap(size, o)
}

// column is a layout for one object that keeps it readable in a wide window: never wider than
// max, in the middle.
type column struct{ max float32 }

func (c column) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (c column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(size.Width, c.max)
	objects[0].Move(fyne.NewPos((size.Width-width)/2, 0))
	objects[0].Resize(fyne.NewSize(width, size.Height))
}
