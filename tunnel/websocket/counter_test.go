package websocket

import (
	"bytes"
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

// FuzzCounter holds that where frames end does not depend on how they are cut, and that whatever was
// written as frames is seen as those.
func FuzzCounter(f *testing.F) {
	f.Add([]byte{0x81, 3, 'a', 'b', 'c', 0x88, 0}, 1)
	f.Add([]byte{0x82, 126, 0, 200}, 7)
	f.Add([]byte{0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, 2)
	f.Add([]byte{0x81, 0x82, 1, 2, 3, 4, 5, 6}, 3)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		size = max(1, size%1000)
		var whole, cut counter
		whole.pass(data)
		for rest := data; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			cut.pass(rest[:min(size, len(rest))])
		}
		if whole.left != cut.left || whole.over != cut.over || !bytes.Equal(whole.head, cut.head) {
			t.Errorf("%x in pieces of %d: %+v, whole: %+v", data, size, cut, whole)
		}
		if len(data) < 126 { // as one frame, after which another may come
			var one counter
			if one.pass(append([]byte{0x81, byte(len(data))}, data...)); !one.between() {
				t.Errorf("nothing may follow a frame of %x", data)
			}
		}
	})
}
