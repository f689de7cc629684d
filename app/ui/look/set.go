package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// The Set functions change a part of the window only if that makes a difference: Fyne redraws
// whatever is set, changed or not.

// SetLabel sets the words of a label.
func SetLabel(l *widget.Label, s string) {
	if l.Text != s {
		l.SetText(s)
	}
}

// SetShown shows or hides o.
func SetShown(o fyne.CanvasObject, shown bool) {
	if o.Visible() == shown {
		return
	}
	if shown {
		o.Show()
	} else {
		o.Hide()
	}
}

// SetText sets the words of a line.
func SetText(t *canvas.Text, s string) {
	if t.Text == s {
		return
	}
	t.Text = s
	t.Refresh()
}

// SetUsable greys the name of what cannot be used.
func SetUsable(l *widget.Label, usable bool) {
	want := widget.LowImportance
	if usable {
		want = widget.MediumImportance
	}
	if l.Importance != want {
		l.Importance = want
		l.Refresh()
	}
}

// SetEnabled lets a button be pressed, or not.
func SetEnabled(b fyne.Disableable, enabled bool) {
	if enabled == b.Disabled() {
		if enabled {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}
