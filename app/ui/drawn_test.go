package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
)

// spyDriver notes what is to be drawn anew.
type spyDriver struct {
	fyne.Driver
	drawn []fyne.CanvasObject
}

// spyCanvas is a canvas of a spyDriver.
type spyCanvas struct {
	fyne.Canvas
	spy *spyDriver
}

func (d *spyDriver) CanvasForObject(o fyne.CanvasObject) fyne.Canvas {
	c := d.Driver.CanvasForObject(o)
	if c == nil {
		return nil
	}
	return spyCanvas{c, d}
}

func (c spyCanvas) Refresh(o fyne.CanvasObject) {
	c.spy.drawn = append(c.spy.drawn, o)
	c.Canvas.Refresh(o)
}

// spiedApp is an app whose drawing is noted.
type spiedApp struct {
	fyne.App
	driver *spyDriver
}

func (a spiedApp) Driver() fyne.Driver { return a.driver }

// spy notes from now on what is drawn.
func spy(t *testing.T) *spyDriver {
	t.Helper()
	before := fyne.CurrentApp()
	d := &spyDriver{Driver: before.Driver()}
	fyne.SetCurrentApp(spiedApp{before, d})
	t.Cleanup(func() { fyne.SetCurrentApp(before) })
	return d
}

// A State comes at every request and once a second while a phone is answered. What did not
// change is not drawn, on no page.
func TestSameStateDrawsNothing(t *testing.T) {
	for name, s := range scenes() {
		t.Run(name, func(t *testing.T) {
			u, c, _ := open(t, s)
			d := spy(t)
			s.Devices, s.Usage, s.Servers = slices.Clone(s.Devices), slices.Clone(s.Usage), slices.Clone(s.Servers)
			for _, at := range []view{onFirst, onModels, onUsage, onSettings} {
				u.page.turn(at)
				d.drawn = nil
				c.publish(s)
				if len(d.drawn) > 0 {
					t.Errorf("page %d: the same state has drawn %d objects, the first of them %T", at, len(d.drawn), d.drawn[0])
				}
			}
		})
	}
}

// An answer that grows draws its one line, whatever else is in the window.
func TestCountingDrawsOneLine(t *testing.T) {
	s := withAllPhones(sharingState(), noon)
	u, c, _ := open(t, s)
	d := spy(t)
	s.Devices = slices.Clone(s.Devices)
	s.Devices[1].Tokens++
	c.publish(s)
	line, window := partsOf(rowOf(u, 1).line), partsOf(u.window.Content())
	if !slices.ContainsFunc(d.drawn, func(o fyne.CanvasObject) bool { return slices.Contains(line, o) }) {
		t.Error("the new number is not drawn")
	}
	for _, o := range d.drawn { // also what a label measures its text with, which is nowhere
		if slices.Contains(window, o) && !slices.Contains(line, o) {
			t.Errorf("besides the line, %T was drawn", o)
		}
	}
	wantText(t, u, "12,413 tokens")
}

func partsOf(o fyne.CanvasObject) (parts []fyne.CanvasObject) {
	walk(o, func(part fyne.CanvasObject) bool {
		parts = append(parts, part)
		return true
	})
	return parts
}

// What nobody looks at is not drawn, but it is right when somebody does.
func TestHiddenUsageIsNotDrawn(t *testing.T) {
	s := withPhones(sharingState(), noon, 0)
	u, c, _ := open(t, s)
	d := spy(t)
	s = withUsage(s, noon, 30, 12)
	c.publish(s)
	if len(d.drawn) > 0 {
		t.Errorf("usage that nobody sees has drawn %d objects", len(d.drawn))
	}
	u.page.turn(onUsage)
	wantText(t, u, "30 days", "qwen3:8b")
}
