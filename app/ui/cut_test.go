package ui

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
	"modelbeam/cmd/e2e/await"
)

// Whatever there is to say has room in the usual window, in every language. Where the window is as small as it
// gets, no sheet is larger, and nothing is cut that is whole in English: what is cut there too are names that others
// chose.
func TestNothingIsCut(t *testing.T) {
	await.Long(t)
	states := scenes()
	u, c, _ := open(t, states["waiting"])
	english := map[string]measure{}
	for _, l := range words.Languages {
		if racing && l.Tag != "en" && l.Tag != "ru" {
			continue // TestWindowTextsFit in cmd/e2e has all of them
		}
		useLanguage(t, l.Tag)
		u.rebuild()
		for _, name := range slices.Sorted(maps.Keys(states)) {
			c.publish(states[name])
			at := name + " in " + l.Tag
			m := measureScene(u, name)
			if l.Tag == "en" {
				english[name] = m
			}
			m.mustFit(t, at, english[name])
		}
		c.publish(states["waiting"])
		for _, name := range troubles() {
			m := measureScene(u, name)
			m.window = fyne.Size{} // is not what this is about
			m.mustFit(t, name+" in "+l.Tag, measure{})
		}
	}
}

// measure is what a scene takes where the window is as small as it gets.
type measure struct {
	window, sheet fyne.Size
	cut           []string
}

func measureScene(u *UI, name string) (m measure) {
	u.dismiss()
	u.inviting = false
	showScene(u, name)
	m.window = u.window.Content().MinSize()
	u.window.Resize(m.window.AddWidthHeight(100, 100))
	u.window.Resize(m.window)
	for _, popup := range u.window.Canvas().Overlays().List() {
		m.sheet = m.sheet.Max(popup.MinSize())
	}
	m.cut = cutTexts(u)
	return m
}

func (m measure) mustFit(t *testing.T, at string, english measure) {
	t.Helper()
	if m.window.Width > windowWidth || m.window != (fyne.Size{}) && m.window.Width < leastWidth || m.window.Height > windowHeight {
		t.Errorf("%s: it takes %v", at, m.window)
	}
	if m.sheet.Width > max(leastWidth, english.sheet.Width) || m.sheet.Height > max(leastHeight, english.sheet.Height) {
		t.Errorf("%s: its sheet takes %v", at, m.sheet)
	}
	if len(m.cut) > len(english.cut) {
		t.Errorf("%s, of %v: cut is %q", at, m.window, m.cut)
	}
}

// cutTexts are those on the screen that have less room than they need.
func cutTexts(u *UI) (cut []string) {
	look := func(o fyne.CanvasObject) bool {
		switch o := o.(type) {
		case *canvas.Text:
			if need := fyne.MeasureText(o.Text, o.TextSize, o.TextStyle).Width; need > o.Size().Width+1 {
				cut = append(cut, fmt.Sprintf("%s (%v of %v)", o.Text, o.Size().Width, need))
			}
		case *widget.Label:
			if o.Wrapping == fyne.TextWrapOff {
				need := fyne.MeasureText(o.Text, sizeOf(o), o.TextStyle).Width + 2*theme.InnerPadding()
				if need > o.Size().Width+1 {
					cut = append(cut, fmt.Sprintf("%s (%v of %v)", o.Text, o.Size().Width, need))
				}
			}
			return false
		case *widgets.Select:
			need := fyne.MeasureText(o.Selected, theme.TextSize(), fyne.TextStyle{}).Width + theme.IconInlineSize() + 2*theme.InnerPadding()
			if need > o.Size().Width+1 {
				cut = append(cut, fmt.Sprintf("%s (%v of %v)", o.Selected, o.Size().Width, need))
			}
			return false
		case *widget.RichText:
			return o.Wrapping == fyne.TextWrapOff // what has as many lines as it needs is never cut
		}
		return true
	}
	walk(u.window.Content(), look)
	for _, o := range u.window.Canvas().Overlays().List() {
		walk(o, look)
	}
	return cut
}

func sizeOf(l *widget.Label) float32 {
	if l.SizeName != "" {
		return theme.Size(l.SizeName)
	}
	return theme.TextSize()
}
