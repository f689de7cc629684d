package websocket

import (
	"slices"
	"testing"
)

func TestFrameCounter(t *testing.T) {
	long := append([]byte{0x82, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70}, make([]byte, 70_000)...)
	masked := []byte{0x81, 0x82, 1, 2, 3, 4, 5, 6}
	frames := slices.Concat([]byte{0x01, 0}, []byte{0x81, 3, 'a', 'b', 'c'}, append([]byte{0x82, 126, 1, 0}, make([]byte, 256)...), long, masked)
	ends := []int{0, 2, 7, 267, 267 + len(long), len(frames)}
	for _, size := range []int{1, 3, 1000, len(frames)} {
		var f counter
		for at := 0; at < len(frames); {
			if f.between() != slices.Contains(ends, at) {
				t.Fatalf("writes of %d: between two frames at %d: %v", size, at, f.between())
			}
			n := min(size, len(frames)-at)
			f.pass(frames[at : at+n])
			at += n
		}
		if f.pass([]byte{0x88, 0}); f.between() {
			t.Error("something may follow a close frame")
		}
	}
}
