package ui

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
)

// updateVariable makes the test write the pictures anew instead of comparing with them.
const updateVariable = "UPDATE_GOLDENS"

// pictured are the scenes whose pictures are kept in testdata: one of each look of the first page.
var pictured = []string{"searching", "empty", "no model", "coming", "sharing", "first phone", "paired", "answering", "paused", "offline", "reset"}

// TestLooks compares what the window looks like with the pictures that somebody has approved. Fyne
// draws them without a screen, with the fonts that it brings.
func TestLooks(t *testing.T) {
	states := scenesAt(noon)
	for _, name := range pictured {
		t.Run(name, func(t *testing.T) {
			u, _, _ := open(t, states[name])
			showScene(u, name)
			got := picture(u)
			path := filepath.Join("testdata", "looks", name+".png")
			if os.Getenv(updateVariable) != "" {
				savePicture(t, path, got)
				return
			}
			want := loadPicture(t, path)
			if n := differentBlocks(got, want); n > mostBlocks {
				failed := filepath.Join("testdata", "failed", name+".png")
				savePicture(t, failed, got)
				t.Errorf("%d blocks look different from %s: look at %s, and if that is right, run with %s=1", n, path, failed, updateVariable)
			}
		})
	}
}

// picture draws the window.
func picture(u *UI) image.Image {
	layOut(u)
	return u.window.Canvas().Capture()
}

// layOut gives every part of the window its place. Fyne's driver for tests lays out only what changes its size,
// so that all has to change it.
func layOut(u *UI) {
	size := fyne.NewSize(windowWidth, windowHeight)
	u.window.Resize(size.AddWidthHeight(size.Width, size.Height))
	u.window.Resize(size)
}

// A picture is compared by the mean colours of its blocks, so that a letter which another version of
// the rasteriser draws a little softer is no difference, and a word in another place is.
const (
	blockSide  = 8  // pixels
	mostShade  = 16 // of 255, by which a block may be lighter or darker
	mostBlocks = 2
)

// differentBlocks counts the blocks in which two pictures differ; all, when they are not of one size.
func differentBlocks(a, b image.Image) (n int) {
	size := a.Bounds().Size()
	if size != b.Bounds().Size() {
		return size.X * size.Y
	}
	pa, pb := pixelsOf(a), pixelsOf(b)
	for y := 0; y < size.Y; y += blockSide {
		for x := 0; x < size.X; x += blockSide {
			block := image.Rect(x, y, x+blockSide, y+blockSide).Intersect(pa.Rect)
			ma, mb := meanOf(pa, block), meanOf(pb, block)
			for c := range ma {
				if d := ma[c] - mb[c]; d > mostShade || d < -mostShade {
					n++
					break
				}
			}
		}
	}
	return n
}

// meanOf is the mean of each colour in a block.
func meanOf(p *image.RGBA, block image.Rectangle) (mean [3]int) {
	for y := block.Min.Y; y < block.Max.Y; y++ {
		for x := block.Min.X; x < block.Max.X; x++ {
			c := p.RGBAAt(x, y)
			mean[0], mean[1], mean[2] = mean[0]+int(c.R), mean[1]+int(c.G), mean[2]+int(c.B)
		}
	}
	for c := range mean {
		mean[c] /= block.Dx() * block.Dy()
	}
	return mean
}

// pixelsOf is a picture of its own, which begins at 0, 0.
func pixelsOf(p image.Image) *image.RGBA {
	pixels := image.NewRGBA(image.Rectangle{Max: p.Bounds().Size()})
	draw.Draw(pixels, pixels.Rect, p, p.Bounds().Min, draw.Src)
	return pixels
}

func loadPicture(t *testing.T, path string) image.Image {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run with %s=1, and look whether the pictures are right", err, updateVariable)
	}
	p, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func savePicture(t *testing.T, path string, p image.Image) {
	t.Helper()
	var data bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&data, p); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestLooksAreTold holds that the comparison sees what a person would, and no more.
func TestLooksAreTold(t *testing.T) {
	u, c, _ := open(t, scenesAt(noon)["sharing"])
	before := pixelsOf(picture(u))
	softer := image.NewRGBA(before.Rect)
	for y := range before.Rect.Dy() {
		for x := range before.Rect.Dx() {
			p, next := before.RGBAAt(x, y), before.RGBAAt(min(x+1, before.Rect.Dx()-1), y)
			mixed := func(a, b uint8) uint8 { return uint8((7*int(a) + int(b)) / 8) }
			softer.SetRGBA(x, y, color.RGBA{mixed(p.R, next.R), mixed(p.G, next.G), mixed(p.B, next.B), p.A})
		}
	}
	if n := differentBlocks(before, softer); n > mostBlocks {
		t.Errorf("softer edges are %d differences", n)
	}
	s := scenesAt(noon)["sharing"]
	s.Pairing.Code = "7KQ2-M9XE" // one letter, and the code itself is the same
	c.publish(s)
	if n := differentBlocks(before, picture(u)); n == 0 {
		t.Error("another letter is no difference")
	}
	s.Pairing.Code, s.Servers = "7KQ2-M9XF", s.Servers[:1]
	c.publish(s)
	if n := differentBlocks(before, picture(u)); n <= mostBlocks {
		t.Errorf("another word is %d differences", n)
	}
}
