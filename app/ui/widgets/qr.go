package widgets

import (
	"image"
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/skip2/go-qrcode"
)

// quietZone is the light border that a reader needs around the code, in modules
// (ISO/IEC 18004, 9.1).
const quietZone = 4

// QR is a canvas object with the QR code of a text. It is dark on white in every theme:
// many phone cameras do not read a light code on a dark ground.
type QR struct {
	leastSide float32
	text      string
	modules   [][]bool // true is dark; without quiet zone; nil: nothing to show
	Object    *canvas.Raster
}

// A code with more modules than leastSide has room for grows, so that each has some pixels.
const (
	leastModule = 4
	mostSide    = 400
)

// NewQR makes an empty one that is at least this large on the screen.
func NewQR(leastSide float32) *QR {
	q := &QR{leastSide: leastSide}
	q.Object = canvas.NewRaster(q.Draw)
	q.Object.ScaleMode = canvas.ImageScalePixels
	q.Object.SetMinSize(fyne.NewSquareSize(q.Side()))
	return q
}

// Side is how large the code is on the screen.
func (q *QR) Side() float32 {
	return min(max(q.leastSide, leastModule*float32(len(q.modules)+2*quietZone)), mostSide)
}

// recovery is how much of a code may be hidden or blurred. A long code has more use for large
// modules: on a screen nothing is dirty.
func recovery(text string) qrcode.RecoveryLevel {
	if len(text) > 100 {
		return qrcode.Low
	}
	return qrcode.Medium
}

// SetText shows a text and reports whether it differs from the one before. A text too long for a QR
// code shows as an empty white square.
func (q *QR) SetText(text string) (changed bool) {
	if q.text == text {
		return false
	}
	q.text, q.modules = text, nil
	if code, err := qrcode.New(text, recovery(text)); err == nil {
		code.DisableBorder = true
		q.modules = code.Bitmap()
	}
	q.Object.SetMinSize(fyne.NewSquareSize(q.Side()))
	q.Object.Refresh()
	return true
}

// Draw paints for a square of w x h device pixels. Every module gets the same whole number of
// pixels, so that its edges stay sharp at any screen scale; what is left over becomes border.
func (q *QR) Draw(w, h int) image.Image {
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black})
	n := len(q.modules)
	module := min(w, h) / (n + 2*quietZone)
	left, top := (w-n*module)/2, (h-n*module)/2
	for y, row := range q.modules {
		for x, dark := range row {
			if dark {
				at := image.Rect(0, 0, module, module).Add(image.Pt(left+x*module, top+y*module))
				draw.Draw(img, at, image.Black, image.Point{}, draw.Src)
			}
		}
	}
	return img
}
