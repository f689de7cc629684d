package widgets

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

func scanned(t *testing.T, img image.Image) string {
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

func TestQRAtEveryScale(t *testing.T) {
	test.NewTempApp(t)
	for _, text := range []string{
		"http://192.168.178.120:8717/#c=7KQ2M9XF",
		"ai-provider:v1:" + strings.Repeat("eyJhcGlLZXki", 20),
		"ai-provider:v1:" + strings.Repeat("eyJhcGlLZXki", 57), // the longest that an app gets
	} {
		q := NewQR(270)
		q.SetText(text)
		for _, scale := range []float64{1, 1.25, 1.5, 2, 3} {
			side := int(float64(q.Side()) * scale)
			img := q.Draw(side, side)
			if got := scanned(t, img); got != text {
				t.Errorf("at scale %v the code says %q, want %q", scale, got, text)
			}
			checkModules(t, q, img, side)
		}
	}
}

// checkModules wants every module to be one square of whole pixels in pure black or white, and
// the quiet zone to be empty.
func checkModules(t *testing.T, q *QR, img image.Image, side int) {
	t.Helper()
	n := len(q.modules)
	module := side / (n + 2*quietZone)
	origin := (side - n*module) / 2
	if module < leastModule {
		t.Errorf("a module has %d pixels, want at least %d", module, leastModule)
	}
	if origin < quietZone*module {
		t.Errorf("the quiet zone has %d pixels, want at least %d", origin, quietZone*module)
	}
	for y := range side {
		for x := range side {
			col, row := floorDiv(x-origin, module), floorDiv(y-origin, module)
			want := color.White
			if col >= 0 && row >= 0 && col < n && row < n && q.modules[row][col] {
				want = color.Black
			}
			if r, g, b, a := img.At(x, y).RGBA(); [4]uint32{r, g, b, a} != rgba(want) {
				t.Fatalf("pixel %d,%d of %d is %v, want %v", x, y, side, img.At(x, y), want)
			}
		}
	}
}

func floorDiv(a, b int) int {
	if a < 0 {
		return -1
	}
	return a / b
}

func rgba(c color.Color) [4]uint32 {
	r, g, b, a := c.RGBA()
	return [4]uint32{r, g, b, a}
}

func TestQROfNothing(t *testing.T) {
	test.NewTempApp(t)
	for _, text := range []string{"", strings.Repeat("x", 5000)} {
		q := NewQR(270)
		q.SetText(text)
		img := q.Draw(10, 10)
		if r, _, _, _ := img.At(5, 5).RGBA(); r != 0xFFFF {
			t.Errorf("without a code the square is not white")
		}
	}
}
