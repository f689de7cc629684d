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
	"modelbeam/app/ui/story"
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
	leave                 bool   // it is that the window may be closed
	offer                 offer  // of a new version
}

func newNotices(u *UI) *notices {
	n := &notices{ui: u, object: container.New(layout.NewCustomPaddedVBoxLayout(6))}
	n.object.Hide()
	return n
}

func (n *notices) show(s app.State) {
	messages := n.messagesOf(s)
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

func (n *notices) messagesOf(s app.State) (messages []message) {
	step := n.ui.step(s)
	if p := s.Problem; p != nil && !onStage(s) {
		m := message{title: words.Problem(p, p.Title), advice: words.Problem(p, p.Advice), action: words.Problem(p, p.Action)}
		if p.Remedy == app.EnterKey {
			m.keyOf = p.Params["URL"]
		}
		messages = append(messages, m)
	}
	if s.Waiting && step.Chapter == story.Code {
		messages = append(messages, message{
			title:  words.L("No phone yet?"),
			advice: words.L("Modelbeam can find out what keeps it from connecting."),
			action: words.L("Find out"), waits: true,
		})
	}
	messages = append(messages, hintsOf(s, step)...)
	messages = append(messages, offersOf(s)...)
	if f := n.ui.farewell(s); f != (farewell{}) && s.JustPaired == "" { // else the stage says it
		messages = append(messages, message{title: f.title, advice: f.advice, action: words.L("OK"), leave: true})
	}
	if len(messages) == 0 && step.Chapter == story.Code && s.OnlyDemo() && words.Meanwhile(s) == "" { // else there is one already
		messages = append(messages, message{
			title:  words.L("Want a real one?"),
			advice: words.L("Install a free AI app on this computer. It will appear here automatically."),
			links:  true,
		})
	}
	return messages[:min(len(messages), mostNotices)]
}

// hintsOf leaves out the hints while something matters more than one more server.
func hintsOf(s app.State, step story.Step) (messages []message) {
	if !slices.Contains([]app.Phase{app.Searching, app.Empty, app.Sharing}, s.Phase) {
		return nil
	}
	for _, h := range s.Hints {
		if step.OnStage(h) {
			continue
		}
		name := map[string]string{"Name": h.Name}
		messages = append(messages, message{advice: words.Filled(h.Text, name), action: words.Filled(h.Action, name), hint: h.Kind})
	}
	return messages
}

func (n *notices) strip(m message) fyne.CanvasObject {
	switch {
	case m.links:
		return banner(look.ColorHint, look.Icon(theme.DownloadIcon(), theme.ColorNamePrimary, 22), sentences(m), look.Centred(n.ui.installLink()))
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
	if m.leave {
		return banner(look.ColorHint, look.Icon(theme.InfoIcon(), theme.ColorNamePrimary, 22), sentences(m), action(m.action, n.ui.tookLeave))
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
