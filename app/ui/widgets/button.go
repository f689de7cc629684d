package widgets

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Button is Fyne's with what people need who have no mouse or see no pictures: Enter presses it too and keeps the
// focus where it is, the focus is seen, and one that is only a picture has a name for screen readers.
type Button struct {
	widget.Button
	name    string // of one without words
	focused bool
}

var (
	_ fyne.Focusable  = (*Button)(nil)
	_ fyne.Accessible = (*Button)(nil)
)

// NewButton makes one with words.
func NewButton(label string, pressed func()) *Button { return NewButtonWithIcon(label, nil, pressed) }

// NewButtonWithIcon makes one with words and a picture.
func NewButtonWithIcon(label string, icon fyne.Resource, pressed func()) *Button {
	b := &Button{Button: widget.Button{Text: label, Icon: icon, OnTapped: pressed}}
	b.ExtendBaseWidget(b)
	return b
}

// NewIconButton makes one that is only a picture; name is what it does, in words.
func NewIconButton(name string, icon fyne.Resource, pressed func()) *Button {
	b := NewButtonWithIcon("", icon, pressed)
	b.name = name
	return b
}

// SetName changes what a picture is called.
func (b *Button) SetName(name string) { b.name = name }

// AccessibilityLabel implements fyne.Accessible.
func (b *Button) AccessibilityLabel() string { return cmp.Or(b.Text, b.name) }

// FocusGained implements fyne.Focusable.
func (b *Button) FocusGained() {
	b.focused = true
	b.Button.FocusGained()
	Reveal(b)
}

// FocusLost implements fyne.Focusable.
func (b *Button) FocusLost() {
	b.focused = false
	b.Button.FocusLost()
}

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(e *fyne.PointEvent) {
	if !still {
		b.Button.Tapped(e)
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(b); c != nil {
		c.Focus(nil) // as Fyne's
	}
	if !b.Disabled() && b.OnTapped != nil {
		b.OnTapped() // without the circle that grows
	}
}

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch {
	case !isPress(e):
		Pass(b, e)
	case !b.Disabled() && b.OnTapped != nil:
		b.OnTapped() // not Tapped, which would take the focus away
	}
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	base := b.Button.CreateRenderer()
	b.ExtendBaseWidget(b)
	return &ringed{base, NewRing(theme.Size(theme.SizeNameButtonRadius)), func() bool { return b.focused }}
}
