package ui

import (
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// offer is what a strip about new versions has buttons for.
type offer struct {
	ask     bool   // whether to look for new versions at all
	install bool   // put the new one in place
	page    string // where people get it, or empty
}

// offersOf is what there is to say about new versions while nothing keeps phones out.
func offersOf(s app.State) []message {
	u := s.Update
	if u == nil || s.Phase != app.Sharing {
		return nil
	}
	version := words.Values{"Version": words.OneLine(u.Version)}
	switch {
	case u.Ask:
		return []message{{
			title:  words.L("May Modelbeam tell you about new versions?"),
			advice: words.L("This asks the release page once a week, and tells it nothing about you."),
			offer:  offer{ask: true},
		}}
	case u.Version == "":
		return nil
	case u.Installing:
		return []message{{
			title:  words.L("Modelbeam {{.Version}} is being installed.", version),
			advice: words.L("If a phone is being answered, that is finished first."),
			offer:  offer{page: u.Page},
		}}
	case u.Failed != "":
		return []message{{
			title:  words.L("Modelbeam {{.Version}} could not be installed.", version),
			advice: words.L("Try again, or get it from the release page."),
			offer:  offer{install: u.Install, page: u.Page},
		}}
	case u.Install:
		return []message{{
			title:  words.L("Modelbeam {{.Version}} is available.", version),
			advice: words.L("Installing it takes a moment. Phones stay paired."),
			offer:  offer{install: true},
		}}
	}
	return []message{{
		title:  words.L("Modelbeam {{.Version}} is available.", version),
		advice: words.L("Get it where you got this version."),
		offer:  offer{page: u.Page},
	}}
}

// offerStrip is the strip of such a message.
func (n *notices) offerStrip(m message) fyne.CanvasObject {
	buttons := container.New(layout.NewCustomPaddedHBoxLayout(8))
	ctl := n.ui.ctl
	if m.offer.ask {
		buttons.Add(widgets.NewButton(words.L("No"), func() { ctl.LookForUpdates(false) }))
		buttons.Add(widgets.NewButton(words.L("Yes"), func() { ctl.LookForUpdates(true) }))
	}
	if page, err := url.Parse(m.offer.page); err == nil && page.Scheme == "https" {
		buttons.Add(linkButton(words.L("Release page"), page))
	}
	if m.offer.install {
		buttons.Add(widgets.NewButton(words.L("Install"), ctl.InstallUpdate))
	}
	return banner(look.ColorHint, look.Icon(theme.InfoIcon(), theme.ColorNamePrimary, 22), sentences(m), look.Centred(buttons))
}
