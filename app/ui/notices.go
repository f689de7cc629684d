package ui

import (
	"slices"

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

// mostNotices is how many strips there are at once; more would push the code out of sight.
const mostNotices = 2

// notices are the strips under the header: a problem that does not stop sharing, and hints at
// something that is almost there. There is none most of the time.
type notices struct {
	ui     *UI
	shown  []message
	object *fyne.Container
}

// message is what one strip says.
type message struct {
	title, advice, action string
	hint                  string // the kind of app.Hint that it is
	keyOf                 string // the address of the server whose key the button asks for
	links                 bool   // whether it links to AI apps to install
	waits                 bool   // no phone has come to the code
	stays                 bool   // it is that the service stays
	offer                 offer  // of a new version
}

func newNotices(u *UI) *notices {
	n := &notices{ui: u, object: container.New(layout.NewCustomPaddedVBoxLayout(6))}
	n.object.Hide()
	return n
}

func (n *notices) show(s app.State) {
	messages := messagesOf(s)
	if n.ui.stays && s.Phase == app.Sharing && len(messages) < mostNotices {
		messages = append(messages, staysMessage())
	}
	if slices.Equal(messages, n.shown) {
		return
	}
	n.shown = messages
	n.object.Objects = nil
	for _, m := range messages {
		n.object.Add(n.strip(m))
	}
	look.SetShown(n.object, len(messages) > 0)
	n.object.Refresh()
}

// onStage reports whether the stage shows the Problem in place of the code.
func onStage(s app.State) bool {
	return s.Phase == app.Failed || s.Phase == app.Offline && (s.Problem.Kind == app.ProblemOffline || s.Problem.Kind == app.ProblemAddressGone)
}

func messagesOf(s app.State) (messages []message) {
	if p := s.Problem; p != nil && !onStage(s) {
		m := message{title: words.Problem(p, p.Title), advice: words.Problem(p, p.Advice), action: words.Problem(p, p.Action)}
		if p.Remedy == app.EnterKey {
			m.keyOf = p.Params["URL"]
		}
		messages = append(messages, m)
	}
	if s.Waiting && s.Phase == app.Sharing {
		messages = append(messages, message{
			title:  words.L("No phone yet?"),
			advice: words.L("Modelbeam can find out what keeps it from connecting."),
			action: words.L("Find out"), waits: true,
		})
	}
	messages = append(messages, hintsOf(s)...)
	messages = append(messages, offersOf(s)...)
	if len(messages) == 0 && s.Phase == app.Sharing && s.OnlyDemo() {
		messages = append(messages, message{
			title:  words.L("Want a real one?"),
			advice: words.L("Install a free AI app on this computer. It will appear here automatically."),
			links:  true,
		})
	}
	return messages[:min(len(messages), mostNotices)]
}

// hintsOf leaves out the hints while something matters more than one more server.
func hintsOf(s app.State) (messages []message) {
	if !slices.Contains([]app.Phase{app.Searching, app.Empty, app.Sharing}, s.Phase) {
		return nil
	}
	for _, h := range s.Hints {
		name := map[string]string{"Name": h.Name}
		messages = append(messages, message{advice: words.Filled(h.Text, name), action: words.Filled(h.Action, name), hint: h.Kind})
	}
	return messages
}

// staysMessage is for desktops without a tray, where a service that goes on is not to be seen. It waits for a
// time when phones are served: beside "Modelbeam has stopped" it would be untrue.
func staysMessage() message {
	return message{
		title:  words.L("Phones stay connected when you close this window."),
		advice: words.L("Open Modelbeam again to bring it back, or to quit."),
		action: words.L("OK"), stays: true,
	}
}

func (n *notices) strip(m message) fyne.CanvasObject {
	switch {
	case m.links:
		return banner(look.ColorHint, look.Icon(theme.DownloadIcon(), theme.ColorNamePrimary, 22), sentences(m), look.Centred(installLinks()))
	case m.hint != "":
		line := widget.NewLabel(m.advice)
		line.Truncation = fyne.TextTruncateEllipsis
		return banner(look.ColorHint, look.Icon(theme.InfoIcon(), theme.ColorNamePrimary, 22), line, action(m.action, func() { n.ui.ctl.Help(m.hint) }))
	}
	if m.offer != (offer{}) {
		return n.offerStrip(m)
	}
	if m.waits {
		return banner(look.ColorHint, look.Icon(theme.QuestionIcon(), theme.ColorNamePrimary, 22), sentences(m), action(m.action, n.ui.findTrouble))
	}
	if m.stays {
		return banner(look.ColorHint, look.Icon(theme.InfoIcon(), theme.ColorNamePrimary, 22), sentences(m), action(m.action, n.ui.stopTellingStays))
	}
	press := n.ui.ctl.Retry
	if m.keyOf != "" {
		press = func() { n.ui.addServer(m.keyOf) }
	}
	return banner(look.ColorNotice, look.Icon(theme.WarningIcon(), theme.ColorNameWarning, 22), sentences(m), action(m.action, press))
}

// action is the button of a strip, or nil.
func action(label string, do func()) fyne.CanvasObject {
	if label == "" {
		return nil
	}
	return look.Centred(widgets.NewButton(label, do))
}

// sentences are a strip's words, which wrap.
func sentences(m message) fyne.CanvasObject {
	text := widget.NewRichText(
		&widget.TextSegment{Text: m.title + " ", Style: widget.RichTextStyle{Inline: true, TextStyle: fyne.TextStyle{Bold: true}}},
		&widget.TextSegment{Text: m.advice, Style: widget.RichTextStyle{Inline: true}},
	)
	text.Wrapping = fyne.TextWrapWord
	return text
}

func banner(fill fyne.ThemeColorName, sign, text, button fyne.CanvasObject) fyne.CanvasObject {
	row := look.Border(nil, nil, look.Padded(sign, 0, 4), button, look.Middle(text))
	return container.NewStack(look.Rounded(fill, look.CardRadius), look.Padded(row, 6, 10))
}
