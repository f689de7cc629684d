package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// details is what only the curious want to know, folded away at first.
type details struct {
	ctl    Controller
	opened func() // scrolls what was unfolded into view
	open   bool
	shown  []fact
	toggle *widgets.Button
	rows   *fyne.Container
	panel  *fyne.Container
}

// fact is one labelled line. More than one choice makes it a picker of addresses.
type fact struct {
	label, value string
	choices      string // one address a line
}

func newDetails(u *UI) *details {
	d := &details{ctl: u.ctl, rows: container.New(layout.NewFormLayout())}
	d.toggle = widgets.NewButtonWithIcon(words.L("Details"), theme.MenuExpandIcon(), func() { d.setOpen(!d.open) })
	d.toggle.Importance = widget.LowImportance
	// Text that can be marked takes the focus and does not show it; this can be pressed.
	copied := widgets.NewButtonWithIcon(words.L("Copy details"), theme.ContentCopyIcon(), func() { u.app.Clipboard().SetContent(textOf(d.shown)) })
	copied.Importance = widget.LowImportance
	d.panel = look.Card(container.NewVBox(d.rows, container.NewHBox(look.Quiet(copied))))
	d.panel.Hide()
	return d
}

func (d *details) setOpen(open bool) {
	d.open = open
	look.SetShown(d.panel, open)
	d.toggle.SetIcon(theme.MenuExpandIcon())
	if open {
		d.toggle.SetIcon(theme.MenuDropDownIcon())
	}
	if open && d.opened != nil {
		d.opened()
	}
}

func (d *details) show(s app.State) {
	facts := factsOf(s)
	if slices.Equal(facts, d.shown) {
		return
	}
	d.shown = facts
	d.rows.Objects = nil
	for _, f := range facts {
		d.rows.Add(factLabel(f.label))
		if f.choices != "" {
			d.rows.Add(d.picker(f))
		} else {
			d.rows.Add(factValue(f.value))
		}
	}
	d.rows.Refresh()
}

// textOf is the panel as text, for whoever is asked what it says.
func textOf(facts []fact) string {
	var lines []string
	for _, f := range facts {
		lines = append(lines, f.label+": "+strings.ReplaceAll(f.value, "\n", " "))
	}
	return strings.Join(lines, "\n")
}

func factsOf(s app.State) []fact {
	facts := []fact{addressFact(s)}
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, fact{label: label, value: value})
		}
	}
	add(words.L("Listens on"), s.Listen)
	for _, srv := range s.Servers {
		add(words.OneLine(srv.Name), serverFact(srv))
	}
	if s.Problem != nil {
		add(words.L("Problem"), s.Problem.Detail)
	}
	add(words.L("Version"), s.Version)
	return facts
}

func addressFact(s app.State) fact {
	f := fact{label: words.L("Address in the code"), value: "–"}
	var choices []string
	for _, a := range s.Addresses {
		choices = append(choices, a.IP+"  ("+a.Interface+")")
		if a.Chosen {
			f.value = choices[len(choices)-1]
		}
	}
	if len(choices) > 1 {
		f.choices = strings.Join(choices, "\n")
	}
	return f
}

func serverFact(srv app.Server) string {
	parts := []string{srv.URL}
	switch {
	case srv.NeedsKey:
		parts = append(parts, words.L("needs a key"))
	case !srv.Online:
		parts = append(parts, words.L("does not answer"))
	case len(srv.Models) == 0:
		parts = append(parts, words.L("no models"))
	default:
		parts = append(parts, strings.Join(srv.Models, ", "))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}

// picker lets the person put another address into the QR code. The first is the best one, and
// choosing it hands the choice back to Modelbeam, which then follows changes of network.
func (d *details) picker(f fact) fyne.CanvasObject {
	choices := strings.Split(f.choices, "\n")
	return widgets.NewSelect(choices, f.value, func(choice string) {
		ip, _, _ := strings.Cut(choice, " ")
		if choice == choices[0] {
			ip = ""
		}
		d.ctl.UseAddress(ip)
	})
}

func factLabel(s string) fyne.CanvasObject {
	l := widget.NewLabel(s)
	l.Importance = widget.LowImportance
	return container.NewVBox(l) // at the top of its row
}

func factValue(s string) fyne.CanvasObject {
	return look.Paragraph(s)
}
