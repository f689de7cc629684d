package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// openMenu shows a menu below what was pressed. At the right edge of the window there is no
// room, so there it grows to the left.
func (u *UI) openMenu(at fyne.CanvasObject, items ...*fyne.MenuItem) {
	c := u.window.Canvas()
	pop := widget.NewPopUpMenu(fyne.NewMenu("", items...), c)
	left := fyne.CurrentApp().Driver().AbsolutePositionForObject(at).X
	shift := float32(0)
	if left+pop.MinSize().Width > c.Size().Width {
		shift = at.Size().Width - pop.MinSize().Width
	}
	pop.ShowAtRelativePosition(fyne.NewPos(shift, at.Size().Height), at)
}
