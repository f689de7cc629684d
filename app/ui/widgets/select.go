package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Select is Fyne's choice of one out of a list, with a focus that is seen.
type Select struct {
	widget.Select
	focused bool
}

// NewSelect makes one that shows chosen. It calls changed when the person has chosen another.
func NewSelect(options []string, chosen string, changed func(string)) *Select {
	s := &Select{}
	s.Options, s.Selected, s.OnChanged = options, chosen, changed
	s.ExtendBaseWidget(s)
	return s
}

// FocusGained implements fyne.Focusable.
func (s *Select) FocusGained() {
	s.focused = true
	s.Select.FocusGained()
	Reveal(s)
}

// FocusLost implements fyne.Focusable.
func (s *Select) FocusLost() {
	s.focused = false
	s.Select.FocusLost()
}

// TypedKey implements fyne.Focusable.
func (s *Select) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		e = &fyne.KeyEvent{Name: fyne.KeySpace}
	case fyne.KeyEscape, fyne.KeyPageUp, fyne.KeyPageDown:
		Pass(s, e)
		return
	}
	s.Select.TypedKey(e)
}

// CreateRenderer implements fyne.Widget.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	base := s.Select.CreateRenderer()
	s.ExtendBaseWidget(s)
	return &ringed{base, NewRing(theme.Size(theme.SizeNameInputRadius)), func() bool { return s.focused }}
}
