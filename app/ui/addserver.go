package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// serverForm is the sheet for adding a server by its address.
type serverForm struct {
	ui        *UI
	sheet     *sheet
	address   *widgets.Field
	key       *widgets.Field
	result    *widget.Label
	test, add *widgets.Button
	turn      int         // counts tests and edits, so that a late result is known for one
	tested    *typedInput // what the last result is about; nil when there is nothing to add
}

// typedInput is what the fields hold.
type typedInput struct{ address, key string }

// addServer asks for a server; address is what the field says at first.
func (u *UI) addServer(address string) {
	f := &serverForm{ui: u, sheet: &sheet{}, address: widgets.NewField(), key: widgets.NewPasswordField(words.L("Show the key")), result: look.Paragraph("")}
	f.test = widgets.NewButton(words.L("Test"), func() { f.try(false) })
	f.add = widgets.NewButton(words.L("Add"), f.addPressed)
	f.add.Importance = widget.HighImportance
	f.address.SetPlaceHolder("http://192.168.1.30:11434")
	f.key.SetPlaceHolder(words.L("Only if the app needs one"))
	f.address.SetText(address)
	for _, e := range []*widgets.Field{f.address, f.key} {
		e.OnChanged = func(string) { f.edited() }
		e.OnSubmitted = func(string) { f.addPressed() }
	}
	f.edited()
	u.put(f.sheet, f.content())
	if address == "" {
		u.window.Canvas().Focus(f.address)
	} else {
		u.window.Canvas().Focus(f.key)
	}
}

func (f *serverForm) content() fyne.CanvasObject {
	fields := container.New(layout.NewFormLayout(),
		widget.NewLabel(words.L("Address")), f.address,
		widget.NewLabel(words.L("Key")), f.key)
	// Room for two lines: the sheet must not jump when the result comes.
	result := container.NewStack(look.Sized(layout.NewSpacer(), fyne.NewSize(sheetWidth, 58)), f.result)
	cancel := widgets.NewButton(words.L("Cancel"), f.ui.dismiss)
	buttons := container.NewHBox(f.test, layout.NewSpacer(), cancel, f.add)
	box := container.NewVBox(sheetTitle(words.L("Add an AI app")),
		look.Paragraph(words.L("For an AI app on another computer, or one that was not found automatically.")),
		look.Padded(fields, 0, 8), result, look.Padded(buttons, 8, 8))
	return look.Padded(box, 8, 8)
}

func (f *serverForm) typed() typedInput {
	return typedInput{strings.TrimSpace(f.address.Text), strings.TrimSpace(f.key.Text)}
}

// edited clears a result that was about other input.
func (f *serverForm) edited() {
	f.turn++
	f.tested = nil
	f.say("", widget.MediumImportance)
	f.setBusy(false)
}

func (f *serverForm) setBusy(busy bool) {
	ready := f.typed().address != "" && !busy
	look.SetEnabled(f.test, ready)
	look.SetEnabled(f.add, ready)
	f.add.SetText(words.L("Add"))
	if f.tested != nil {
		f.add.SetText(words.L("Add anyway"))
	}
}

// addPressed adds what was tested, and tests first what was not. So a mistyped address is noticed
// before it gets into the list, and a server that is asleep can still be added.
func (f *serverForm) addPressed() {
	if f.tested == nil {
		f.try(true)
		return
	}
	f.finish(*f.tested)
}

func (f *serverForm) finish(in typedInput) {
	f.ui.dismiss()
	f.ui.ctl.AddServer(in.address, in.key)
}

// try tests what the fields hold, and adds it when that works and is wanted.
func (f *serverForm) try(add bool) {
	in := f.typed()
	if in.address == "" {
		return
	}
	f.edited()
	f.setBusy(true)
	f.say(words.L("Testing…"), widget.LowImportance)
	turn := f.turn
	f.ui.ctl.TestServer(in.address, in.key, func(r app.TestResult) {
		f.ui.do(func() {
			if turn == f.turn && f.ui.asking == f.sheet {
				f.judged(in, r, add)
			}
		})
	})
}

func (f *serverForm) judged(in typedInput, r app.TestResult, add bool) {
	if r.OK && add {
		f.finish(in)
		return
	}
	tint := widget.WarningImportance
	if r.OK {
		tint = widget.SuccessImportance
	}
	if r.Kind != app.TestNoAddress { // which could never answer, so there is no point in adding it
		f.tested = &in
	}
	f.setBusy(false)
	if r.OK {
		f.add.SetText(words.L("Add"))
	}
	f.say(strings.TrimSpace(words.Filled(r.Title, r.Params)+" "+words.Filled(r.Advice, r.Params)), tint)
}

func (f *serverForm) say(text string, tint widget.Importance) {
	f.result.Importance = tint
	f.result.SetText(text)
}
