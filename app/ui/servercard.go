package ui

import (
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

// serverCard is a server on the models page: whether phones may use it, its place in the order
// and its models.
type serverCard struct {
	ui       *UI
	srv      app.Server // as it is shown
	name     *widget.Label
	where    *widget.Label
	remove   fyne.CanvasObject
	key      fyne.CanvasObject
	up, down *widgets.Button
	share    *widgets.Toggle
	models   *modelList
	object   fyne.CanvasObject
}

func newServerCard(u *UI, id string) *serverCard {
	c := &serverCard{ui: u, name: widget.NewLabel(""), where: widget.NewLabel("")}
	c.name.TextStyle.Bold = true
	c.name.Truncation = fyne.TextTruncateEllipsis
	c.where.Importance = widget.LowImportance
	c.where.SizeName = theme.SizeNameCaptionText
	c.up = c.arrow(theme.MoveUpIcon(), func() { u.ctl.MoveServer(id, -1) })
	c.down = c.arrow(theme.MoveDownIcon(), func() { u.ctl.MoveServer(id, 1) })
	c.share = widgets.NewToggle(words.L("Share with phones"), func(on bool) { u.ctl.HideServer(id, !on) })
	c.models = newModelList(func(model string, hidden bool) { u.ctl.HideModel(id, model, hidden) })
	c.remove = c.small(words.L("Remove…"), c.askRemove)
	c.key = c.small(words.L("Enter key…"), func() { u.addServer(c.srv.URL) })
	c.object = look.Card(container.New(layout.NewCustomPaddedVBoxLayout(4), c.head(), c.models.object))
	return c
}

func (c *serverCard) head() fyne.CanvasObject {
	label := look.Text(words.L("Share with phones"), 13, look.ColorMuted, fyne.TextStyle{})
	share := container.New(layout.NewCustomPaddedHBoxLayout(10), look.Centred(label), look.Centred(c.share))
	right := container.New(layout.NewCustomPaddedHBoxLayout(8), container.NewHBox(c.up, c.down), share)
	where := container.NewHBox(c.where, look.Centred(c.key), look.Centred(c.remove))
	return container.New(layout.NewCustomPaddedVBoxLayout(-10), look.Border(nil, nil, nil, right, c.name), where)
}

func (c *serverCard) arrow(r fyne.Resource, move func()) *widgets.Button {
	b := widgets.NewIconButton("", r, move)
	b.Importance = widget.LowImportance
	return b
}

func (c *serverCard) small(label string, pressed func()) fyne.CanvasObject {
	b := widgets.NewButton(label, pressed)
	b.Importance = widget.LowImportance
	return look.Quiet(b)
}

// show brings the card up to date; up and down say whether it can move.
func (c *serverCard) show(srv app.Server, up, down bool) {
	c.srv = srv
	look.SetLabel(c.name, words.OneLine(srv.Name))
	look.SetLabel(c.where, whereabouts(srv))
	look.SetUsable(c.name, srv.Online && !srv.NeedsKey && !srv.Loading)
	c.share.Set(!srv.Hidden)
	name := words.Values{"Name": words.OneLine(srv.Name)}
	c.share.SetName(words.L("Share {{.Name}} with phones", name))
	c.up.SetName(words.L("Move {{.Name}} up", name))
	c.down.SetName(words.L("Move {{.Name}} down", name))
	look.SetShown(c.remove, srv.Manual)
	look.SetShown(c.key, srv.NeedsKey)
	look.SetShown(c.up, up || down)
	look.SetShown(c.down, up || down)
	look.SetEnabled(c.up, up)
	look.SetEnabled(c.down, down)
	c.models.show(srv)
}

// whereabouts is the address and, where there is something to say, why phones cannot use it.
func whereabouts(srv app.Server) string {
	var parts []string
	// A server that never answered has no name but its address.
	if address := strings.TrimPrefix(srv.URL, "http://"); address != srv.Name {
		parts = append(parts, address)
	}
	if srv.User != "" {
		parts = append(parts, words.L("belongs to {{.User}}", words.Values{"User": words.OneLine(srv.User)}))
	}
	switch {
	case srv.NeedsKey:
		parts = append(parts, words.L("needs a key"))
	case srv.Loading:
		parts = append(parts, words.L("is loading its model"))
	case !srv.Online:
		parts = append(parts, words.L("does not answer"))
	case len(srv.Models)+len(srv.HiddenModels) == 0:
		parts = append(parts, words.L("no models"))
	}
	return strings.Join(parts, "  ·  ")
}

func (c *serverCard) askRemove() {
	id := c.srv.ID
	c.ui.ask(question{
		title: words.L("Remove {{.Name}}?", words.Values{"Name": words.OneLine(c.srv.Name)}),
		body:  words.L("Phones will no longer be able to use its models, and its key will be deleted."),
		yes:   words.L("Remove"), no: words.L("Cancel"), danger: true,
		onYes: func(string) { c.ui.ctl.RemoveServer(id) },
	})
}
