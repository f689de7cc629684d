package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
)

// question is something to decide before going on.
type question struct {
	title, body string
	hasInput    bool
	input       string // what the field says at first
	yes, no     string // the buttons
	danger      bool   // yes loses something
	onYes       func(input string)
	onNo        func() // optional
}

// sheetWidth is the least width of a sheet.
const sheetWidth = 380

// sheet is something over the window that must be dealt with before going on. A question has
// buttons and may have a field.
type sheet struct {
	popup  *widget.PopUp
	scroll *container.Scroll // around its content
	size   fyne.Size         // what it would like; a small window gives it less
	field  *widgets.Field
	yes    *widgets.Button
	no     *widgets.Button

	closed func()          // optional: ends what moves in it
	follow func(app.State) // optional: shows the newest State
}

// ask puts a question over the window.
func (u *UI) ask(q question) {
	s := &sheet{}
	answer := func() {
		u.dismiss()
		q.onYes(s.input())
	}
	s.yes = widgets.NewButton(q.yes, answer)
	s.yes.Importance = widget.HighImportance
	if q.danger {
		s.yes.Importance = widget.DangerImportance
	}
	s.no = widgets.NewButton(q.no, func() {
		u.dismiss()
		if q.onNo != nil {
			q.onNo()
		}
	})
	if q.hasInput {
		s.field = widgets.NewField()
		s.field.SetText(q.input)
		s.field.OnSubmitted = func(string) { answer() }
	}
	u.put(s, s.content(q))
	if s.field != nil {
		u.window.Canvas().Focus(s.field)
	}
}

// put shows a sheet over the window and closes any other.
func (u *UI) put(s *sheet, content fyne.CanvasObject) {
	u.dismiss()
	s.scroll = container.NewVScroll(content)
	content = container.New(&fitting{u.window.Canvas(), content}, s.scroll)
	s.popup = widget.NewModalPopUp(content, u.window.Canvas())
	s.popup.Resize(s.size.Max(s.popup.MinSize()))
	u.asking = s
	widgets.SetSheet(u.window.Canvas(), content)
	s.popup.Show()
}

// fit gives the sheet the size of what is in it now.
func (s *sheet) fit() {
	s.popup.Resize(s.popup.MinSize())
	s.scroll.Refresh() // it does not know yet that its content has another size
}

// fitting is the layout of a sheet: as large as what is in it, and no higher than the window, where it scrolls.
type fitting struct {
	canvas  fyne.Canvas
	content fyne.CanvasObject
}

// MinSize implements fyne.Layout.
func (f *fitting) MinSize([]fyne.CanvasObject) fyne.Size {
	const edges = 24 // around a sheet
	size := f.content.MinSize()
	return fyne.NewSize(size.Width, min(size.Height, f.canvas.Size().Height-edges))
}

// Layout implements fyne.Layout.
func (f *fitting) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

func (u *UI) dismiss() {
	if u.asking != nil {
		u.asking.popup.Hide()
		widgets.SetSheet(u.window.Canvas(), nil)
		if u.asking.closed != nil {
			u.asking.closed()
		}
		u.asking = nil
	}
}

func (s *sheet) input() string {
	if s.field == nil {
		return ""
	}
	return s.field.Text
}

// sheetTitle is the first line of a sheet.
func sheetTitle(s string) fyne.CanvasObject {
	title := look.Paragraph(s)
	title.TextStyle.Bold = true
	title.SizeName = theme.SizeNameSubHeadingText
	return title
}

func (s *sheet) content(q question) fyne.CanvasObject {
	width := canvas.NewRectangle(nil)
	width.SetMinSize(fyne.NewSize(sheetWidth, 0))
	box := container.NewVBox(width, sheetTitle(q.title))
	if q.body != "" {
		box.Add(look.Paragraph(q.body))
	}
	if s.field != nil {
		box.Add(look.Padded(s.field, 0, 8))
	}
	box.Add(look.Padded(container.NewHBox(layout.NewSpacer(), s.no, s.yes), 8, 8))
	return look.Padded(box, 8, 8)
}
