package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// pickHeight has room for almost four models: one that is cut off shows that there are more.
const pickHeight = 128

// modelPick lets the person choose some of many models.
type modelPick struct {
	names    []string
	switches []*widgets.Toggle
	list     fyne.CanvasObject
	all      fyne.CanvasObject // in its place while there is nothing to choose
	object   fyne.CanvasObject
}

func newModelPick(names []string, changed func()) *modelPick {
	p := &modelPick{names: names}
	rows := container.New(layout.NewCustomPaddedVBoxLayout(-4))
	for _, name := range names {
		t := widgets.NewToggle(words.OneLine(name), func(bool) { changed() })
		p.switches = append(p.switches, t)
		rows.Add(modelRow(name, "", t))
	}
	p.list = container.NewVScroll(look.Padded(rows, 2, 8))
	all := look.Paragraph(words.L("Every model you share, including new ones."))
	all.Importance, all.Alignment = widget.LowImportance, fyne.TextAlignCenter
	p.all = look.Middle(all)
	p.object = container.NewStack(look.Rounded(look.ColorWell, 10), look.Sized(layout.NewSpacer(), fyne.NewSize(1, pickHeight)), p.list, p.all)
	return p
}

// setOpen lets the person choose, or says that it is all models. Both have the same size, so that
// the sheet around them does not jump.
func (p *modelPick) setOpen(open bool) {
	look.SetShown(p.list, open)
	look.SetShown(p.all, !open)
}

// chosen are the names of the models that are switched on.
func (p *modelPick) chosen() (names []string) {
	for i, t := range p.switches {
		if t.On {
			names = append(names, p.names[i])
		}
	}
	return names
}
