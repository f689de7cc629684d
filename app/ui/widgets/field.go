package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Field is Fyne's line to type in. Escape goes to the window, which closes what the field is in, and a field
// that gets the focus is scrolled to.
type Field struct {
	widget.Entry
	focused bool
}

// NewField makes an empty one.
func NewField() *Field {
	f := &Field{}
	f.ExtendBaseWidget(f)
	return f
}

// NewPasswordField makes an empty one that shows dots, and a button called show that changes that.
func NewPasswordField(show string) *Field {
	f := &Field{}
	f.Password = true
	eye := NewIconButton(show, theme.VisibilityOffIcon(), nil)
	eye.Importance = widget.LowImportance
	eye.OnTapped = func() {
		f.Password = !f.Password
		eye.SetIcon(theme.VisibilityIcon())
		if f.Password {
			eye.SetIcon(theme.VisibilityOffIcon())
		}
		f.Refresh()
	}
	f.ActionItem = eye
	f.ExtendBaseWidget(f)
	return f
}

// FocusGained implements fyne.Focusable.
func (f *Field) FocusGained() {
	f.focused = true
	f.Entry.FocusGained()
	Reveal(f)
}

// FocusLost implements fyne.Focusable.
func (f *Field) FocusLost() {
	f.focused = false
	f.Entry.FocusLost()
}

// CreateRenderer implements fyne.Widget.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	base := f.Entry.CreateRenderer()
	f.ExtendBaseWidget(f)
	return &ringed{base, NewRing(theme.Size(theme.SizeNameInputRadius)), func() bool { return f.focused }}
}

// TypedKey implements fyne.Focusable.
func (f *Field) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		Pass(f, e)
		return
	}
	f.Entry.TypedKey(e)
}
