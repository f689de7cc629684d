package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// Choice is a row of buttons, one of which is pressed: few answers, all in sight.
type Choice struct {
	Chosen  int
	changed func() // by the person
	Buttons []*Button
	Object  fyne.CanvasObject
}

// NewChoice makes one with the first answer chosen. It calls changed when the person has chosen another.
func NewChoice(changed func(), answers ...string) *Choice {
	c := &Choice{changed: changed}
	row := container.New(layout.NewCustomPaddedHBoxLayout(6))
	for i, answer := range answers {
		b := NewButton(answer, func() {
			if c.Chosen != i {
				c.Set(i)
				c.changed()
			}
		})
		c.Buttons = append(c.Buttons, b)
		row.Add(b)
	}
	c.Set(0)
	c.Object = row
	return c
}

// Set shows which answer is chosen.
func (c *Choice) Set(chosen int) {
	c.Chosen = chosen
	for i, b := range c.Buttons {
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
