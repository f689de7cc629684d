package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// choice is a row of buttons, one of which is pressed: few answers, all in sight.
type choice struct {
	chosen  int
	changed func() // by the person
	buttons []*widget.Button
	object  fyne.CanvasObject
}

func newChoice(changed func(), answers ...string) *choice {
	c := &choice{changed: changed}
	row := container.New(layout.NewCustomPaddedHBoxLayout(6))
	for i, answer := range answers {
		b := widget.NewButton(answer, func() {
			if c.chosen != i {
				c.set(i)
				c.changed()
			}
		})
		c.buttons = append(c.buttons, b)
		row.Add(b)
	}
	c.set(0)
	c.object = row
	return c
}

// set shows which answer is chosen.
func (c *choice) set(chosen int) {
	c.chosen = chosen
	for i, b := range c.buttons {
		want := widget.MediumImportance
		if i == chosen {
			want = widget.HighImportance
		}
		if b.Importance != want {
			b.Importance = want
			b.Refresh()
		}
	}
}
