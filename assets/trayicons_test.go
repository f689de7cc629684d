package assets

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTrayIconsAreFresh holds the drawings against their sources: whoever changes an SVG file and does
// not run .ci/icons is told so.
func TestTrayIconsAreFresh(t *testing.T) {
	recorded, err := os.ReadFile("tray.sha256")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob("tray*.svg")
	if err != nil || len(sources) == 0 {
		t.Fatalf("sources %q, error %v", sources, err)
	}
	var now strings.Builder
	for _, name := range sources {
		svg, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&now, "%x  %s\n", sha256.Sum256(svg), name)
	}
	if now.String() != string(recorded) {
		t.Errorf("the tray's icons are drawn from\n%sand their sources are now\n%srun .ci/icons", recorded, &now)
	}
}

func TestTrayPictures(t *testing.T) {
	for name, tt := range map[string]struct {
		png  []byte
		size int
	}{
		"tray": {TrayPNG, 64}, "tray-paused": {TrayPausedPNG, 64},
		"tray-template": {TrayTemplatePNG, 48}, "tray-template-paused": {TrayTemplatePausedPNG, 48},
	} {
		picture, err := png.Decode(bytes.NewReader(tt.png))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := picture.Bounds(); got != image.Rect(0, 0, tt.size, tt.size) {
			t.Errorf("%s is %v, want a square of %d", name, got, tt.size)
		}
		checkGround(t, name, picture)
	}
}

// checkGround wants a drawing on nothing: see-through in the corners, and solid somewhere.
func checkGround(t *testing.T, name string, picture image.Image) {
	t.Helper()
	size := picture.Bounds().Dx()
	for _, x := range []int{0, size - 1} {
		for _, y := range []int{0, size - 1} {
			if _, _, _, alpha := picture.At(x, y).RGBA(); alpha != 0 {
				t.Errorf("%s of %d pixels is not see-through at %d,%d", name, size, x, y)
			}
		}
	}
	solid := 0
	for i := range size * size {
		if _, _, _, alpha := picture.At(i%size, i/size).RGBA(); alpha == 0xffff {
			solid++
		}
	}
	if solid < size*size/10 || solid == size*size {
		t.Errorf("%s of %d pixels has %d solid ones", name, size, solid)
	}
}

// Each drawing of an ICO file is a bitmap without its file header, in BGRA and from the bottom up
// (https://learn.microsoft.com/windows/win32/menurc/about-icons).
func TestTrayICOs(t *testing.T) {
	for name, ico := range map[string][]byte{"tray": TrayICO, "tray-paused": TrayPausedICO} {
		var sizes []int
		for i := range int(binary.LittleEndian.Uint16(ico[4:])) {
			entry := ico[6+16*i:]
			size, at := int(entry[0]), binary.LittleEndian.Uint32(entry[12:])
			bitmap := ico[at:]
			if header, bits := binary.LittleEndian.Uint32(bitmap), binary.LittleEndian.Uint16(bitmap[14:]); header != 40 || bits != 32 {
				t.Fatalf("%s, drawing %d: header of %d bytes, %d bits a pixel", name, i, header, bits)
			}
			picture := image.NewNRGBA(image.Rect(0, 0, size, size))
			for p := range size * size {
				bgra := bitmap[40+4*p:]
				copy(picture.Pix[picture.PixOffset(p%size, size-1-p/size):], []byte{bgra[2], bgra[1], bgra[0], bgra[3]})
			}
			checkGround(t, name, picture)
			sizes = append(sizes, size)
		}
		if want := []int{16, 20, 24, 32, 48}; !slices.Equal(sizes, want) {
			t.Errorf("%s has drawings of %d pixels, want %d", name, sizes, want)
		}
	}
}
