package ui

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"modelbeam/app/ui/look"
)

func decode(t *testing.T, img image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("decode the QR code: %v", err)
	}
	return result.GetText()
}

// oneLook is our theme without the system's say in light or dark.
type oneLook struct {
	fyne.Theme
	variant fyne.ThemeVariant
}

func (l oneLook) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return l.Theme.Color(name, l.variant)
}

// The code must be readable in the finished window of both themes. The reader does not look for
// inverted codes.
func TestQROnTheWindow(t *testing.T) {
	for name, variant := range test.KnownThemeVariants() {
		t.Run(name, func(t *testing.T) {
			u, _, a := open(t, sharingState())
			a.Settings().SetTheme(oneLook{look.New(), variant})
			u.rebuild()
			if got := decode(t, u.window.Canvas().Capture()); got != sharingState().Pairing.URL {
				t.Errorf("the window's code says %q", got)
			}
		})
	}
}
