package ui

import (
	"net/url"
	"slices"
	"strings"

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

// getWidth has room for a size, a speed and a time in one line.
const getWidth = 480

// sheetEdges is what a sheet takes above and below what is in it, and leastRoom what all of it gets in the smallest
// window.
const (
	sheetEdges = 40
	leastRoom  = 100
)

// getModel is the sheet that has models downloaded: three that fit this computer, any other by its name, and what
// is on its way.
type getModel struct {
	ui     *UI
	sheet  *sheet
	shown  []app.Offer
	server string // the ID of the one that gets what is typed; empty: none can
	pages  []modelsPage
	offers *fyne.Container
	links  *fyne.Container
	name   *widgets.Field
	get    *widgets.Button
	other  fyne.CanvasObject
	rows   map[string]*downloadRow // by the download's ID
	coming *fyne.Container         // the newest first
	all    *fyne.Container         // what can be scrolled: many downloads would not fit into the window
	room   *container.Scroll
	body   *fyne.Container
}

// modelsPage is where people get models for a server that cannot be told to.
type modelsPage struct{ server, page string }

// openGet opens the sheet.
func (u *UI) openGet() *getModel {
	g := &getModel{ui: u, sheet: &sheet{}, rows: make(map[string]*downloadRow)}
	g.offers, g.links, g.coming = container.NewVBox(), container.NewVBox(), container.NewVBox()
	g.name = widgets.NewField()
	g.name.SetPlaceHolder(words.L("Another model, by its name"))
	g.name.OnSubmitted = func(string) { g.submit() }
	g.name.OnChanged = func(typed string) { look.SetEnabled(g.get, strings.TrimSpace(typed) != "") }
	g.get = widgets.NewButton(words.L("Download"), g.submit)
	g.get.Disable()
	g.other = look.Padded(look.Border(nil, nil, nil, g.get, g.name), 6, 0)
	g.all = container.NewVBox(g.coming, g.offers, g.other, g.links)
	g.room = container.NewVScroll(g.all)
	g.body = container.NewVBox(look.Sized(layout.NewSpacer(), fyne.NewSize(getWidth, 0)),
		sheetTitle(words.L("Get a model")), g.room, g.buttons())
	g.sheet.follow = g.show
	u.put(g.sheet, look.Padded(g.body, 8, 8))
	g.show(u.last)
	return g
}

func (g *getModel) buttons() fyne.CanvasObject {
	done := widgets.NewButton(words.L("Close"), g.ui.dismiss)
	return look.Padded(container.NewHBox(layout.NewSpacer(), done), 8, 0)
}

// submit gets what was typed.
func (g *getModel) submit() {
	if name := strings.TrimSpace(g.name.Text); name != "" && g.server != "" {
		g.name.SetText("")
		g.begin(g.server, name)
	}
}

// begin has a model downloaded. The first one is followed on the stage, where there is nothing else to do until it
// is there.
func (g *getModel) begin(server, model string) {
	g.ui.ctl.GetModel(server, model)
	if g.ui.step(g.ui.last).Chapter == story.GetModel {
		g.ui.dismiss()
	}
}

// show brings the sheet up to date. It takes the size of what is in it.
func (g *getModel) show(s app.State) {
	before := g.body.MinSize()
	g.showServers(s.Servers)
	g.showOffers(s)
	g.showDownloads(s.Downloads)
	g.makeRoom()
	if g.body.MinSize() != before {
		g.sheet.fit()
	}
}

// makeRoom gives everything what it takes, or what the window has.
func (g *getModel) makeRoom() {
	look.SetShown(g.coming, len(g.coming.Objects) > 0)
	rest := g.body.MinSize().Height - g.room.MinSize().Height + sheetEdges
	most := max(g.ui.window.Canvas().Size().Height-rest, leastRoom)
	g.room.SetMinSize(fyne.NewSize(0, min(g.all.MinSize().Height, most)))
}

// showServers finds who can get a model by its name, and links to the pages of those who cannot.
func (g *getModel) showServers(servers []app.Server) {
	g.server = ""
	var pages []modelsPage
	for _, s := range servers {
		switch {
		case s.Online && s.Gets && g.server == "":
			g.server = s.ID
		case s.Online && !s.Gets && s.ModelsPage != "":
			pages = append(pages, modelsPage{words.OneLine(s.Name), s.ModelsPage})
		}
	}
	look.SetShown(g.other, g.server != "")
	if slices.Equal(pages, g.pages) {
		return
	}
	g.pages = pages
	g.links.Objects = nil
	for _, p := range pages {
		if to, err := url.Parse(p.page); err == nil {
			name := words.Values{"Name": p.server}
			g.links.Add(look.Paragraph(words.L("{{.Name}} downloads its models itself. Phones can use them as soon as they are there.", name)))
			g.links.Add(container.NewHBox(linkButton(words.L("Models for {{.Name}}", name), to)))
		}
	}
	g.links.Refresh()
}

// showOffers offers what is not on its way yet.
func (g *getModel) showOffers(s app.State) {
	offers := slices.DeleteFunc(slices.Clone(s.Offers), func(o app.Offer) bool {
		return slices.ContainsFunc(s.Downloads, func(d app.Download) bool {
			return d.Server == o.Server && words.ModelName(d.Model) == words.ModelName(o.Model)
		})
	})
	if slices.Equal(offers, g.shown) {
		return
	}
	g.shown = offers
	g.offers.Objects = nil
	if len(offers) > 0 {
		g.offers.Add(look.Paragraph(words.L("These run well on this computer:")))
	}
	for _, o := range offers {
		g.offers.Add(g.offer(o))
	}
	g.offers.Refresh()
}

// offer is one of the models to choose from.
func (g *getModel) offer(o app.Offer) fyne.CanvasObject {
	title := look.Text(words.OneLine(o.Title), 15, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	facts := words.L("{{.Size}} on disk", words.Values{"Size": words.Bytes(o.Bytes)})
	if o.Sees {
		facts += words.Between + words.L("sees pictures")
	}
	lines := container.New(layout.NewCustomPaddedVBoxLayout(3), title,
		look.Text(words.Offered(o), 13, theme.ColorNameForeground, fyne.TextStyle{}),
		look.Text(facts, 12, look.ColorMuted, fyne.TextStyle{}))
	get := widgets.NewButtonWithIcon(words.L("Download"), theme.DownloadIcon(), func() { g.begin(o.Server, o.Model) })
	get.Importance = widget.HighImportance
	return container.NewStack(look.Rounded(look.ColorWell, 10),
		look.Padded(look.Border(nil, nil, nil, look.Centred(get), look.Middle(lines)), 8, 12))
}

// showDownloads keeps a row for each download.
func (g *getModel) showDownloads(downloads []app.Download) {
	var rows []fyne.CanvasObject
	for _, d := range slices.Backward(downloads) {
		row := g.rows[d.ID]
		if row == nil {
			row = newDownloadRow(g.ui)
			g.rows[d.ID] = row
		}
		row.show(d, story.Step{})
		rows = append(rows, row.object)
	}
	if !slices.Equal(rows, g.coming.Objects) {
		g.coming.Objects = rows
		g.coming.Refresh()
	}
}
