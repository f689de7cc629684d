package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// The functions here change a part of the window only if it is not so already: Fyne draws what is
// set, whether or not it is something else.

func setLabel(l *widget.Label, s string) {
	if l.Text != s {
		l.SetText(s)
	}
}

func setShown(o fyne.CanvasObject, shown bool) {
	if o.Visible() == shown {
		return
	}
	if shown {
		o.Show()
	} else {
		o.Hide()
	}
}

func setText(t *canvas.Text, s string) {
	if t.Text == s {
		return
	}
	t.Text = s
	t.Refresh()
}

// setUsable greys the name of what cannot be used.
func setUsable(l *widget.Label, usable bool) {
	want := widget.LowImportance
	if usable {
		want = widget.MediumImportance
	}
	if l.Importance != want {
		l.Importance = want
		l.Refresh()
	}
}

func setEnabled(b *widget.Button, enabled bool) {
	if enabled == b.Disabled() {
		if enabled {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}
