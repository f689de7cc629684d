package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app/words"
)

// translateFyne gives Fyne's own few words, as those in the menu of a text field, in our language.
//
// They are loaded under the name of the system's language, whatever that is. Fyne picks a language
// among all that it has itself, so that on a French system it would put French beside our English.
func translateFyne() {
	if err := lang.AddTranslationsForLocale(words.File(), lang.SystemLocale()); err != nil {
		fyne.LogError("translate Fyne's words", err)
	}
}

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
