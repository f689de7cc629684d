package alert

import (
	"context"
	"strings"

	"golang.org/x/sys/windows"
)

// show waits on a goroutine of its own, which the box holds until it is closed: nothing else takes a box back.
func show(ctx context.Context, title, sentence string) (seen bool) {
	t, s := utf16(title), utf16(sentence)
	const style = windows.MB_OK | windows.MB_ICONERROR | windows.MB_SETFOREGROUND
	answered := make(chan bool, 1)
	go func() {
		button, _ := windows.MessageBox(0, s, t, style) // 0 when there is no desktop, or no memory
		answered <- button != 0
	}()
	select {
	case seen = <-answered:
		return seen
	case <-ctx.Done():
		return true // it is still there
	}
}

// utf16 leaves out what would end the text early.
func utf16(s string) *uint16 {
	p, _ := windows.UTF16PtrFromString(strings.ReplaceAll(s, "\x00", "")) // fails for nothing else
	return p
}
