package ui

import (
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
)

// notice is the strip under the header: a problem that does not stop sharing, or the hint that
// only the demo model is there. It is hidden most of the time.
type notice struct {
	ctl    Controller
	shown  message
	object *fyne.Container
}

// message is what the strip says; the zero message is no strip.
type message struct {
	title, advice, action string
	hint                  bool // friendly, with links, instead of a warning
}

func newNotice(u *UI) *notice {
	n := &notice{ctl: u.ctl, object: container.NewStack()}
	n.object.Hide()
	return n
}

func (n *notice) show(s app.State) {
	m := noticeOf(s)
	if m == n.shown {
		return
	}
	n.shown = m
	n.object.Objects = nil
	if m != (message{}) {
		n.object.Objects = []fyne.CanvasObject{n.strip(m)}
	}
	setShown(n.object, m != message{})
	n.object.Refresh()
}

// kindOffline is the Kind of the Problem that the phase Offline already tells.
const kindOffline = "offline"

func noticeOf(s app.State) message {
	if p := s.Problem; p != nil && s.Phase != app.Failed && p.Kind != kindOffline {
		return message{title: problem(p, p.Title), advice: problem(p, p.Advice), action: problem(p, p.Action)}
	}
	if s.Phase == app.Sharing && onlyDemo(s) {
		return message{
			title:  lang.L("Want a real one?"),
			advice: lang.L("Install a free AI app on this computer. It appears here by itself."),
			hint:   true,
		}
	}
	return message{}
}

func (n *notice) strip(m message) fyne.CanvasObject {
	fill, sign := colorNotice, icon(theme.WarningIcon(), theme.ColorNameWarning, 22)
	var button fyne.CanvasObject
	switch {
	case m.hint:
		fill, sign = colorHint, icon(theme.DownloadIcon(), theme.ColorNamePrimary, 22)
		button = centred(installLinks())
	case m.action != "":
		button = centred(widget.NewButton(m.action, n.ctl.Retry))
	}
	words := widget.NewRichText(
		&widget.TextSegment{Text: m.title + " ", Style: widget.RichTextStyle{Inline: true, TextStyle: fyne.TextStyle{Bold: true}}},
		&widget.TextSegment{Text: m.advice, Style: widget.RichTextStyle{Inline: true}},
	)
	words.Wrapping = fyne.TextWrapWord
	row := container.NewBorder(nil, nil, padded(sign, 0, 4), button, middle(words))
	return container.NewStack(rounded(fill, cardRadius), padded(row, 6, 10))
}

// linkButton opens a page in the browser.
func linkButton(label string, to *url.URL) fyne.CanvasObject {
	return widget.NewButton(label, func() {
		if err := fyne.CurrentApp().OpenURL(to); err != nil {
			fyne.LogError("open "+to.String(), err)
		}
	})
}
