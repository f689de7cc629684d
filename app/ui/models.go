package ui

import (
	"cmp"
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/story"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// models is the second page of the window: what phones may use, of which server, and which
// server comes first.
type models struct {
	ui     *UI
	cards  map[string]*serverCard // by the server's ID
	order  []string               // the IDs as they are shown
	none   noServers              // what is said while there is none
	rule   *widget.Label          // why the order matters
	list   *fyne.Container
	object fyne.CanvasObject
}

func newModels(u *UI, back func()) *models {
	m := &models{
		ui:    u,
		cards: map[string]*serverCard{},
		rule:  look.Paragraph(words.L("If two AI apps have the same model, the higher one answers.")),
		list:  container.New(layout.NewCustomPaddedVBoxLayout(10)),
	}
	m.rule.Importance = widget.LowImportance
	m.list.Objects = []fyne.CanvasObject{u.explainNone(m.none)}
	sheets := container.NewVBox(m.rule, m.list)
	body := container.New(look.Column{Max: readingWidth}, container.New(layout.NewCustomPaddedLayout(0, 16, 16, 16), sheets))
	add := widgets.NewButtonWithIcon(words.L("Add an AI app…"), theme.ContentAddIcon(), func() { u.addServer("") })
	top := pageHeader(words.L("Models"), back, add)
	m.object = look.Border(top, nil, nil, nil, container.NewVScroll(body))
	return m
}

func (m *models) show(s app.State) {
	servers := slices.DeleteFunc(slices.Clone(s.Servers), app.Server.Demo)
	look.SetShown(m.rule, len(servers) > 1)
	var order []string
	for i, srv := range servers {
		order = append(order, srv.ID)
		if m.cards[srv.ID] == nil {
			m.cards[srv.ID] = newServerCard(m.ui, srv.ID)
		}
		m.cards[srv.ID].show(srv, i > 0, i < len(servers)-1)
	}
	none := noServersOf(s)
	if !slices.Equal(order, m.order) || len(order) == 0 && none != m.none {
		m.none = none
		m.arrange(order)
	}
}

// arrange puts the cards into another order. They stay the same, so that a press on one is
// not lost.
func (m *models) arrange(order []string) {
	m.order = order
	maps.DeleteFunc(m.cards, func(id string, _ *serverCard) bool { return !slices.Contains(order, id) })
	var cards []fyne.CanvasObject
	for _, id := range order {
		cards = append(cards, m.cards[id].object)
	}
	if len(cards) == 0 {
		cards = append(cards, m.ui.explainNone(m.none))
	}
	m.list.Objects = cards
	m.list.Refresh()
}

// noServers is what an empty list depends on. It is comparable on purpose.
type noServers struct {
	start          app.Hint // about the AI app that is installed, if one is
	title, trouble string   // of the model that waits for one, if any does
}

func noServersOf(s app.State) (none noServers) {
	if h, ok := s.ToStart(); ok {
		return noServers{start: h}
	}
	if d, ok := s.Unfinished(); ok && d.Running() {
		return noServers{title: words.ModelName(d.Model), trouble: cmp.Or(words.DownloadTrouble(d), words.L("Your model is on its way"))}
	}
	return none
}

// explainNone is the friendly face of an empty list.
func (u *UI) explainNone(none noServers) fyne.CanvasObject {
	switch {
	case none.start != app.Hint{}:
		return look.Card(u.startApp(story.Start(none.start)))
	case none.title != "":
		return look.Card(explain(none.title, none.trouble, nil))
	}
	return look.Card(explain(words.L("No AI app found on this computer"),
		words.L("Install one of these on this computer and start it. It will appear here automatically."),
		look.Padded(u.installLink(), 8, 8)))
}
