package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app/usage"
)

// mostPhones is how many phones have a line of their own among the totals.
const mostPhones = 8

// totals is a short list of who used how much. That of the models explains the plot's colours.
type totals struct {
	shown  []total
	rows   *fyne.Container
	object fyne.CanvasObject
}

// total is one line.
type total struct {
	name string
	n    int
	tint fyne.ThemeColorName // of a sign before the name; empty: none
}

func newTotals(title string) *totals {
	t := &totals{rows: container.New(layout.NewCustomPaddedVBoxLayout(-8))}
	head := text(title, 15, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	t.object = container.New(layout.NewCustomPaddedVBoxLayout(4), head, t.rows)
	return t
}

func (t *totals) show(lines []total) {
	if slices.Equal(lines, t.shown) {
		return
	}
	t.shown = lines
	t.rows.Objects = nil
	for _, line := range lines {
		t.rows.Add(line.row())
	}
	t.rows.Refresh()
}

func (t total) row() fyne.CanvasObject {
	name := widget.NewLabel(t.name)
	name.Truncation = fyne.TextTruncateEllipsis
	n := widget.NewLabel(compact(t.n))
	n.Importance = widget.LowImportance
	if t.tint == "" {
		flush := layout.NewCustomPaddedLayout(0, 0, -theme.InnerPadding(), 0)
		return container.NewBorder(nil, nil, nil, n, container.New(flush, name))
	}
	square := canvas.NewRectangle(theme.Color(t.tint))
	square.CornerRadius = barRadius
	return container.NewBorder(nil, nil, centred(sized(square, fyne.NewSquareSize(11))), n, name)
}

// byModel is what each model with a colour was used, and all others together.
func (q usageQuery) byModel(rows []usage.Row, kinds []string) (lines []total) {
	used := q.total(rows, func(r usage.Row) string { return r.Model })
	for i, kind := range kinds {
		if used[kind] > 0 {
			lines = append(lines, total{oneLine(kind), used[kind], plotColors[i]})
		}
		delete(used, kind)
	}
	return appendRest(lines, used, colorOthers)
}

// byPhone is what each phone used, whatever phone the plot is of.
func (q usageQuery) byPhone(rows []usage.Row, nameOf func(id string) string) (lines []total) {
	q.device = ""
	used := q.total(rows, func(r usage.Row) string { return r.Device })
	for _, id := range byCount(used) {
		if name := nameOf(id); name != "" && len(lines) < mostPhones {
			lines = append(lines, total{name: name, n: used[id]})
			delete(used, id)
		}
	}
	return appendRest(lines, used, "")
}

// appendRest adds one line for all that have none of their own.
func appendRest(lines []total, rest map[string]int, tint fyne.ThemeColorName) []total {
	n := 0
	for _, v := range rest {
		n += v
	}
	if n == 0 {
		return lines
	}
	return append(lines, total{lang.L("Others"), n, tint})
}
