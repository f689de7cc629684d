package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app/ui/look"
)

const (
	toggleWidth  = 40
	toggleHeight = 22
	knobSize     = 16
	knobInset    = (toggleHeight - knobSize) / 2
)

// Toggle is a switch, which Fyne does not have: a change that takes effect at once, where a
// check box would wait for an OK.
type Toggle struct {
	widget.BaseWidget
	On      bool
	name    string // for screen readers
	focused bool
	changed func(on bool) // by the person, not by Set
}

var (
	_ fyne.Tappable   = (*Toggle)(nil)
	_ fyne.Focusable  = (*Toggle)(nil)
	_ fyne.Accessible = (*Toggle)(nil)
)

// NewToggle makes one that is off; name is what it switches, in words.
func NewToggle(name string, changed func(on bool)) *Toggle {
	t := &Toggle{name: name, changed: changed}
	t.ExtendBaseWidget(t)
	return t
}

// Set shows how things are.
func (t *Toggle) Set(on bool) {
	if t.On != on {
		t.On = on
		t.Refresh()
	}
}

// Tapped switches over at once, and the next State confirms it.
func (t *Toggle) Tapped(*fyne.PointEvent) {
	t.Set(!t.On)
	t.changed(t.On)
}

// SetName changes what it is called.
func (t *Toggle) SetName(name string) { t.name = name }

// AccessibilityLabel implements fyne.Accessible.
func (t *Toggle) AccessibilityLabel() string { return t.name }

// AccessibilityRole implements fyne.Accessible. Fyne knows of no switches.
func (t *Toggle) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// FocusGained implements fyne.Focusable.
func (t *Toggle) FocusGained() {
	t.setFocused(true)
	Reveal(t)
}

// FocusLost implements fyne.Focusable.
func (t *Toggle) FocusLost() { t.setFocused(false) }

func (t *Toggle) setFocused(focused bool) {
	t.focused = focused
	t.Refresh()
}

// TypedRune implements fyne.Focusable.
func (t *Toggle) TypedRune(rune) {}

// TypedKey implements fyne.Focusable: the space bar and Enter switch.
func (t *Toggle) TypedKey(e *fyne.KeyEvent) {
	if isPress(e) {
		t.Tapped(nil)
		return
	}
	Pass(t, e)
}

// MinSize is the size of the picture; a toggle does not grow.
func (t *Toggle) MinSize() fyne.Size { return fyne.NewSize(toggleWidth, toggleHeight) }

// CreateRenderer implements fyne.Widget.
func (t *Toggle) CreateRenderer() fyne.WidgetRenderer {
	r := &toggleRenderer{toggle: t, track: canvas.NewRectangle(nil), knob: canvas.NewCircle(nil), ring: NewRing(toggleHeight/2 + ringRoom)}
	r.track.CornerRadius = toggleHeight / 2
	r.Refresh()
	return r
}

// toggleRenderer draws a pill with a knob: to the right in the accent colour for on.
type toggleRenderer struct {
	toggle *Toggle
	track  *canvas.Rectangle
	knob   *canvas.Circle
	ring   Ring
}

// ringRoom is how far the ring is from the pill, into the space around it: on the pill it would hide the knob.
const ringRoom = 2 * ringWidth

func (r *toggleRenderer) Layout(fyne.Size) {
	r.ring.Layout(fyne.NewSize(toggleWidth+2*ringRoom, toggleHeight+2*ringRoom))
	r.ring.Move(fyne.NewPos(-ringRoom, -ringRoom))
	r.track.Resize(fyne.NewSize(toggleWidth, toggleHeight))
	left := float32(knobInset)
	if r.toggle.On {
		left = toggleWidth - knobSize - knobInset
	}
	r.knob.Move(fyne.NewPos(left, knobInset))
	r.knob.Resize(fyne.NewSquareSize(knobSize))
}

func (r *toggleRenderer) Refresh() {
	track, knob := look.ColorTrack, look.ColorKnob
	if r.toggle.On {
		track, knob = theme.ColorNamePrimary, theme.ColorNameForegroundOnPrimary
	}
	r.track.FillColor, r.knob.FillColor = theme.Color(track), theme.Color(knob)
	r.ring.Show(r.toggle.focused)
	r.Layout(r.toggle.Size())
	r.track.Refresh()
	r.knob.Refresh()
}

func (r *toggleRenderer) MinSize() fyne.Size { return r.toggle.MinSize() }
func (r *toggleRenderer) Destroy()           {}

func (r *toggleRenderer) Objects() []fyne.CanvasObject {
	return append(r.ring.Objects(), r.track, r.knob)
}
