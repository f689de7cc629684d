package e2e

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// The corners of the photo as the camera stores it, from the top left by rows.
var corners = [4]color.RGBA{{220, 40, 40, 255}, {40, 200, 40, 255}, {40, 40, 220, 255}, {230, 230, 230, 255}}

// cameraPhoto makes a photo as a phone does that is held upright: 4032 x 3024 pixels, and a note
// that they are to be turned to the right.
func cameraPhoto(t *testing.T) (path string) {
	t.Helper()
	const width, height = 4032, 3024
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	noise := rand.New(rand.NewPCG(1, 2))
	for y := range height {
		for x := range width {
			c := corners[y*2/height*2+x*2/width]
			grain := uint8(noise.Uint32() % 16)
			img.SetRGBA(x, y, color.RGBA{c.R - grain, c.G - grain, c.B - grain, 255})
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, img, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "IMG_0001.jpg")
	const startOfImage = 2
	data := append(plain.Bytes()[:startOfImage:startOfImage], turned()...)
	if err := os.WriteFile(path, append(data, plain.Bytes()[startOfImage:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// turned is the segment of a JPEG that says: turn it by 90 degrees to the right. See Exif 2.32,
// section 4.6.4: tag 0x0112, a short, value 6.
func turned() []byte {
	tiff := []byte{
		'M', 'M', 0, 42, 0, 0, 0, 8, // big-endian; the first directory is at 8
		0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, // one entry
		0, 0, 0, 0, // no other directory
	}
	payload := append([]byte("Exif\x00\x00"), tiff...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(payload)+2))
	return append(segment, payload...)
}

// assertUpright looks at what became of the photo.
func assertUpright(t *testing.T, data []byte) {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	size := img.Bounds().Size()
	t.Logf("the server got a JPEG of %d x %d pixels in %d KiB", size.X, size.Y, len(data)>>10)
	if size.X >= size.Y || size.Y > 2048 || size.Y < 512 || size.X*4 < size.Y*3-8 || size.X*4 > size.Y*3+8 || len(data) > 2<<20 {
		t.Errorf("that is not the photo in a sane size")
	}
	if bytes.Contains(data, []byte("Exif")) {
		t.Error("it still has what the camera noted")
	}
	// Turned to the right, the left side is at the top.
	for i, corner := range []int{2, 0, 3, 1} {
		got := color.RGBAModel.Convert(img.At(size.X/4+i%2*size.X/2, size.Y/4+i/2*size.Y/2)).(color.RGBA)
		if want := corners[corner]; distance(got, want) > 60 {
			t.Errorf("corner %d is %v, want about %v", i, got, want)
		}
	}
}

func distance(a, b color.RGBA) int {
	abs := func(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
	return abs(a.R, b.R) + abs(a.G, b.G) + abs(a.B, b.B)
}
