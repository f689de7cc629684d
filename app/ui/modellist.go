package ui

import (
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// fewModels is how many models of a server are shown before the list is unfolded.
const fewModels = 8

// modelList is the models of one server, each with a switch. A long list is folded away.
type modelList struct {
	hide     func(model string, hidden bool)
	names    []string
	clouds   map[string]string          // where the models that do not run here are
	switches map[string]*widgets.Toggle // by the model's name
	unfolded bool                       // the person asked for the whole list
	fold     *widgets.Button
	folded   fyne.CanvasObject // the line with fold
	rows     *fyne.Container
	object   *fyne.Container
}

func newModelList(hide func(model string, hidden bool)) *modelList {
	m := &modelList{hide: hide, rows: container.New(layout.NewCustomPaddedVBoxLayout(-4))}
	m.fold = widgets.NewButtonWithIcon("", theme.MenuExpandIcon(), nil)
	m.fold.Importance = widget.LowImportance
	m.folded = container.NewHBox(look.Quiet(m.fold))
	line := canvas.NewRectangle(theme.Color(theme.ColorNameSeparator))
	line.SetMinSize(fyne.NewSize(0, 1))
	m.object = container.New(layout.NewCustomPaddedVBoxLayout(4), look.Padded(line, 4, 0), m.folded, m.rows)
	m.fold.OnTapped = func() {
		m.unfolded = !m.unfolded
		m.showFold()
	}
	return m
}

func (m *modelList) show(srv app.Server) {
	names := slices.Concat(srv.Models, srv.HiddenModels)
	// By name: a model that is hidden now must not jump to another place.
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	if !slices.Equal(names, m.names) || !maps.Equal(srv.CloudModels, m.clouds) {
		m.clouds = srv.CloudModels
		m.setNames(names)
	}
	for name, t := range m.switches {
		t.Set(!slices.Contains(srv.HiddenModels, name))
	}
	folded := words.L("{{.Shared}} of {{.Count}} models shared", words.Values{"Shared": len(srv.Models), "Count": len(names)})
	if m.fold.Text != folded {
		m.fold.SetText(folded)
	}
	m.showFold()
	look.SetShown(m.object, len(names) > 0 && !srv.Hidden)
}

func (m *modelList) setNames(names []string) {
	m.names, m.switches = names, map[string]*widgets.Toggle{}
	m.rows.Objects = nil
	for _, name := range names {
		m.switches[name] = widgets.NewToggle(words.L("Share {{.Name}} with phones", words.Values{"Name": words.OneLine(name)}), func(on bool) { m.hide(name, !on) })
		m.rows.Add(modelRow(name, m.clouds[name], m.switches[name]))
	}
	m.rows.Refresh()
}

func (m *modelList) showFold() {
	many := len(m.names) > fewModels
	look.SetShown(m.folded, many)
	look.SetShown(m.rows, !many || m.unfolded)
	want := theme.MenuExpandIcon()
	if m.unfolded {
		want = theme.MenuDropDownIcon()
	}
	if m.fold.Icon.Name() != want.Name() {
		m.fold.SetIcon(want)
	}
}

// modelRow is the name of a model with its switch and, if questions to it leave the computer, where
// they go.
func modelRow(name, cloud string, t *widgets.Toggle) fyne.CanvasObject {
	line := words.OneLine(name)
	if cloud != "" {
		line += words.Between + words.L("answers come from {{.Host}}", words.Values{"Host": words.OneLine(cloud)})
	}
	label := widget.NewLabel(line)
	label.Truncation = fyne.TextTruncateEllipsis
	return look.Border(nil, nil, nil, look.Centred(t), label)
}
