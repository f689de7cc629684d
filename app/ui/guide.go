package ui

import (
	"net/url"
	"slices"
	"strconv"
	"time"

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

// guide is the three steps beside the QR code, or what a guest who scans it may do, and what to
// type on a phone without a camera.
type guide struct {
	ctl     Controller
	steps   [3]*step
	usual   *fyne.Container // the steps
	guest   *guestWords
	address *canvas.Text
	code    *canvas.Text
	typed   *fyne.Container
	another *fyne.Container // has other in it
	other   *widgets.Button // puts the address of another network into the code
	object  fyne.CanvasObject
}

func newGuide(u *UI) *guide {
	g := &guide{
		ctl:     u.ctl,
		usual:   container.New(layout.NewCustomPaddedVBoxLayout(6)),
		guest:   newGuestWords(u),
		address: look.Text("", 16, theme.ColorNameForeground, fyne.TextStyle{Monospace: true, Bold: true}),
		code:    look.Text("", 16, theme.ColorNameForeground, fyne.TextStyle{Monospace: true, Bold: true}),
	}
	for i, words := range [3]string{
		words.L("Put the phone on the same Wi-Fi"),
		words.L("Point its camera at the code"),
		words.L("Chat in the page, or tap your app"),
	} {
		g.steps[i] = newStep(i+1, words)
		g.usual.Add(g.steps[i].object)
	}
	or := look.Text(words.L("No camera? Type this in the phone's browser:"), 13, look.ColorMuted, fyne.TextStyle{})
	g.typed = container.New(layout.NewCustomPaddedVBoxLayout(8), or,
		container.New(layout.NewCustomPaddedHBoxLayout(8), well(words.L("Address"), g.address), well(words.L("Code"), g.code)))
	gap := look.Sized(layout.NewSpacer(), fyne.NewSize(1, 10))
	g.other = widgets.NewButton("", nil)
	g.other.Importance = widget.LowImportance
	g.another = container.NewHBox(look.Quiet(g.other))
	g.object = container.NewVBox(layout.NewSpacer(), g.usual, g.guest.object, gap, g.typed, g.another, g.guest.back, layout.NewSpacer())
	return g
}

func (g *guide) show(s app.State, now time.Time) {
	g.guest.show(s.Pairing.Guest, now)
	look.SetShown(g.usual, s.Pairing.Guest == nil)
	// A phone that just paired has done the first two steps.
	for _, st := range g.steps[:2] {
		st.setDone(s.JustPaired != "")
	}
	look.SetText(g.address, host(s.Pairing.URL))
	look.SetText(g.code, s.Pairing.Code)
	look.SetShown(g.typed, s.Pairing.Code != "")
	g.offer(otherAddress(s))
}

// offer is of the address of another network, or of none.
func (g *guide) offer(address string) {
	look.SetShown(g.another, address != "")
	if label := words.L("Phone on another Wi-Fi? Use {{.Address}}", words.Values{"Address": address}); g.other.Text != label {
		g.other.OnTapped = func() { g.ctl.UseAddress(address) }
		g.other.SetText(label)
	}
}

// otherAddress is that of the next network on which phones may well be, besides the one of the code; or empty.
func otherAddress(s app.State) string {
	var likely []app.Address
	for _, a := range s.Addresses {
		if a.Likely {
			likely = append(likely, a)
		}
	}
	if s.Pairing.Code == "" || len(likely) < 2 {
		return ""
	}
	at := slices.IndexFunc(likely, func(a app.Address) bool { return a.Chosen })
	return likely[(at+1)%len(likely)].IP
}

// host is the part of the address that a person types.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// well is a small labelled box for something to copy by eye.
func well(label string, t *canvas.Text) fyne.CanvasObject {
	name := look.Text(label, 11, look.ColorMuted, fyne.TextStyle{})
	return container.NewStack(look.Rounded(look.ColorWell, 10),
		look.Padded(container.New(layout.NewCustomPaddedVBoxLayout(2), name, t), 7, 12))
}

// step is one numbered line.
type step struct {
	disc   *canvas.Circle
	number *canvas.Text
	tick   fyne.CanvasObject
	object fyne.CanvasObject
}

func newStep(n int, words string) *step {
	s := &step{
		disc:   canvas.NewCircle(theme.Color(theme.ColorNamePrimary)),
		number: look.Text(strconv.Itoa(n), 14, theme.ColorNameForegroundOnPrimary, fyne.TextStyle{Bold: true}),
		tick:   look.Icon(theme.ConfirmIcon(), look.ColorOnConnected, 18),
	}
	s.tick.Hide()
	badge := look.Sized(container.NewStack(s.disc, look.Centred(s.number), s.tick), fyne.NewSquareSize(28))
	line := look.Paragraph(words)
	line.SizeName = look.SizeStep
	s.object = look.Border(nil, nil, look.Centred(badge), nil, line)
	return s
}

func (s *step) setDone(done bool) {
	if done == s.tick.Visible() {
		return
	}
	s.disc.FillColor = theme.Color(theme.ColorNamePrimary)
	if done {
		s.disc.FillColor = theme.Color(look.ColorConnected)
	}
	s.disc.Refresh()
	look.SetShown(s.tick, done)
	look.SetShown(s.number, !done)
}
