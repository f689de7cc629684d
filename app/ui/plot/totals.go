package plot

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app/ui/look"
	"modelbeam/app/usage"
	"modelbeam/app/words"
)

// MostPhones is how many phones have a line of their own among the totals.
const MostPhones = 8

// Totals is a short list of who used how much. That of the models explains the plot's colours.
type Totals struct {
	Shown  []Total
	rows   *fyne.Container
	Object fyne.CanvasObject
}

// Total is one line.
type Total struct {
	Name string
	N    int
	Tint fyne.ThemeColorName // of a mark before the name; empty means none
}

// NewTotals makes an empty list below a title.
func NewTotals(title string) *Totals {
	t := &Totals{rows: container.New(layout.NewCustomPaddedVBoxLayout(-8))}
	head := look.Text(title, 15, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	t.Object = container.New(layout.NewCustomPaddedVBoxLayout(4), head, t.rows)
	return t
}

// Show shows these lines.
func (t *Totals) Show(lines []Total) {
	if slices.Equal(lines, t.Shown) {
		return
	}
	t.Shown = lines
	t.rows.Objects = nil
	for _, line := range lines {
		t.rows.Add(line.row())
	}
	t.rows.Refresh()
}

func (t Total) row() fyne.CanvasObject {
	name := widget.NewLabel(t.Name)
	name.Truncation = fyne.TextTruncateEllipsis
	n := widget.NewLabel(words.Compact(t.N))
	n.Importance = widget.LowImportance
	if t.Tint == "" {
		flush := layout.NewCustomPaddedLayout(0, 0, -theme.InnerPadding(), 0)
		return look.Border(nil, nil, nil, n, container.New(flush, name))
	}
	square := canvas.NewRectangle(theme.Color(t.Tint))
	square.CornerRadius = barRadius
	return look.Border(nil, nil, look.Centred(look.Sized(square, fyne.NewSquareSize(11))), n, name)
}

// ByModel is how much each model with a colour was used, and all others together.
func (q Query) ByModel(rows []usage.Row, kinds []string) (lines []Total) {
	used := q.total(rows, func(r usage.Row) string { return r.Model })
	for i, kind := range kinds {
		if used[kind] > 0 {
			lines = append(lines, Total{words.OneLine(kind), used[kind], look.PlotColors[i]})
		}
		delete(used, kind)
	}
	return appendRest(lines, used, look.ColorOthers)
}

// ByPhone is what each phone used, whichever phone the plot shows.
func (q Query) ByPhone(rows []usage.Row, nameOf func(id string) string) (lines []Total) {
	q.Device = ""
	used := q.total(rows, func(r usage.Row) string { return r.Device })
	for _, id := range byCount(used) {
		if name := nameOf(id); name != "" && len(lines) < MostPhones {
			lines = append(lines, Total{Name: name, N: used[id]})
			delete(used, id)
		}
	}
	return appendRest(lines, used, "")
}

// appendRest adds one line for all that have none of their own.
func appendRest(lines []Total, rest map[string]int, tint fyne.ThemeColorName) []Total {
	n := 0
	for _, v := range rest {
		n += v
	}
	if n == 0 {
		return lines
	}
	return append(lines, Total{words.L("Others"), n, tint})
}
