package ui

import (
	"cmp"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
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

// The usual code has 29 modules and a border of 8, so that qrSide gives each 7 pixels: easy for
// a phone at arm's length. The paper below it is a little larger, for its round corners.
const (
	qrSide      = 260
	paperEdge   = 12
	pickerSpace = 38 // below the paper
)

// stage is the heart of the window: on the left the QR code, or a calm picture of why there is
// none, on the right the three steps, or the words to that picture.
type stage struct {
	ui      *UI
	ctl     Controller
	coming  *downloadRow // the first model, on its way
	qr      *widgets.QR
	picker  *picker
	wait    *widgets.Wait // runs only while it is in the picture: it costs a redraw a frame
	left    *fyne.Container
	square  *fyne.Container // keeps left at the size of the code
	right   *fyne.Container
	guide   *guide
	shown   scene
	started bool
	object  fyne.CanvasObject
}

// scene is the part of a State that the stage depends on. It is comparable on purpose.
type scene struct {
	phase   app.Phase
	step    story.Step
	leave   farewell // at the moment at which the first phone is there
	paired  string
	hasCode bool
	guest   bool // hasCode, and it is for guests
	code    appCode
	title   string
	advice  string
	action  string
}

func newStage(u *UI) *stage {
	t := &stage{
		ui:     u,
		ctl:    u.ctl,
		coming: newDownloadRow(u),
		qr:     widgets.NewQR(qrSide),
		picker: newPicker(u),
		wait:   widgets.NewWait(),
		left:   container.NewStack(),
		right:  container.NewStack(),
		guide:  newGuide(u),
	}
	t.square = look.Sized(t.left, t.size())
	t.object = look.Border(nil, nil, container.NewVBox(t.square), nil, look.Padded(t.right, 0, 16))
	return t
}

func (t *stage) show(s app.State, code appCode, now time.Time) {
	t.showQR(s, code)
	t.picker.show(code)
	t.guide.show(s, now)
	sc := t.sceneOf(s, code)
	t.showComing(s, sc.step)
	if t.started && sc == t.shown {
		return
	}
	t.started, t.shown = true, sc
	t.stop()
	t.left.Objects = []fyne.CanvasObject{t.picture(sc)}
	t.right.Objects = []fyne.CanvasObject{t.words(sc)}
	t.left.Refresh()
	t.right.Refresh()
}

// showQR puts the right text into the code, and makes room for it.
func (t *stage) showQR(s app.State, code appCode) {
	text := s.Pairing.URL
	if code.chosen() {
		text = code.text
	}
	if t.qr.SetText(text) {
		t.square.Layout = layout.NewGridWrapLayout(t.size())
		t.square.Refresh()
	}
}

// size is that of the code on its paper, with the picker below.
func (t *stage) size() fyne.Size {
	side := t.qr.Side() + paperEdge
	return fyne.NewSize(side, side+pickerSpace)
}

func (t *stage) sceneOf(s app.State, code appCode) scene {
	sc := scene{
		phase: s.Phase, step: t.ui.step(s), paired: words.OneLine(s.JustPaired), code: code,
		hasCode: s.Pairing.URL != "", guest: s.Pairing.Guest != nil,
	}
	if s.JustPaired != "" {
		sc.leave = t.ui.farewell(s)
	}
	if p := s.Problem; p != nil && onStage(s) {
		sc.title, sc.advice, sc.action = words.Problem(p, p.Title), words.Problem(p, p.Advice), words.Problem(p, p.Action)
	}
	return sc
}

// showComing brings the row of the model on its way up to date.
func (t *stage) showComing(s app.State, step story.Step) {
	for _, d := range s.Downloads {
		if d.ID == step.ID {
			t.coming.show(d, step)
		}
	}
}

// iconOf is the picture of a chapter before there is a code, or nil.
func iconOf(c story.Chapter) fyne.Resource {
	switch c {
	case story.GetApp, story.GetModel, story.Coming:
		return theme.DownloadIcon()
	case story.StartApp:
		return theme.MediaPlayIcon()
	case story.Unhide:
		return theme.VisibilityOffIcon()
	}
	return nil
}

// picture is the left square.
func (t *stage) picture(sc scene) fyne.CanvasObject {
	switch {
	case sc.phase == app.Paused:
		return look.Emblem(look.ColorWell, look.Icon(theme.MediaPauseIcon(), look.ColorMuted, 72))
	case sc.phase == app.Offline:
		return look.Emblem(look.ColorWell, look.Icon(look.OfflineIcon, look.ColorMuted, 80))
	case sc.phase == app.Failed:
		return look.Emblem(look.ColorWell, look.Icon(theme.WarningIcon(), theme.ColorNameWarning, 80))
	case sc.paired != "":
		return connected(sc.paired)
	case iconOf(sc.step.Chapter) != nil:
		return look.Emblem(look.ColorWell, look.Icon(iconOf(sc.step.Chapter), theme.ColorNamePrimary, 72))
	case sc.code.failed:
		return t.above(look.Emblem(look.ColorWell, look.Icon(theme.WarningIcon(), theme.ColorNameWarning, 72)))
	case sc.code.chosen() && sc.code.text == "":
		return t.above(t.waiting())
	case sc.guest && !sc.code.chosen():
		return above(t.guestPaper(), guestTag())
	case sc.hasCode:
		return t.above(t.paper())
	}
	return t.waiting()
}

// above puts the picker below a picture.
func (t *stage) above(picture fyne.CanvasObject) fyne.CanvasObject {
	return above(picture, t.picker.object)
}

func above(picture, below fyne.CanvasObject) fyne.CanvasObject {
	room := look.Sized(layout.NewSpacer(), fyne.NewSize(1, pickerSpace)) // whatever stands there
	return look.Border(nil, container.NewStack(room, look.Centred(below)), nil, nil, picture)
}

// paper is the code on its white ground.
func (t *stage) paper() fyne.CanvasObject {
	paper := canvas.NewRectangle(look.White)
	paper.StrokeColor, paper.StrokeWidth = theme.Color(look.ColorCardEdge), 1
	paper.CornerRadius = look.CardRadius
	return container.NewStack(paper, look.Centred(t.qr.Object))
}

// guestPaper has an edge that tells a guest's code from the usual one across a room.
func (t *stage) guestPaper() fyne.CanvasObject {
	const edge, radius = 3, 9 // no rounder: the corners of the code are below those of the paper
	paper := canvas.NewRectangle(look.White)
	paper.CornerRadius = radius
	return container.NewStack(look.Rounded(look.ColorGuest, radius+edge), look.Padded(paper, edge, edge), look.Centred(t.qr.Object))
}

func (t *stage) waiting() fyne.CanvasObject {
	t.wait.Start()
	return look.Emblem(look.ColorWell, look.Centred(look.Sized(t.wait.Object, fyne.NewSquareSize(48))))
}

// stop ends what moves.
func (t *stage) stop() { t.wait.Stop() }

// words is the right side.
func (t *stage) words(sc scene) fyne.CanvasObject {
	switch sc.phase {
	case app.Paused:
		return explain(words.L("Sharing is paused"),
			words.L("Paired phones stay paired. Press Resume to let them continue."), nil)
	case app.Offline:
		return explain(cmp.Or(sc.title, words.L("No network found.")),
			cmp.Or(sc.advice, words.L("Connect this computer to your Wi-Fi, and the code appears here.")), nil)
	case app.Failed:
		return explain(sc.title, sc.advice, t.retry(sc.action))
	}
	if next := t.next(sc); next != nil {
		return next
	}
	if sc.code.chosen() && sc.paired == "" {
		return codeWords(sc.code)
	}
	return t.guide.object
}

func (t *stage) retry(label string) fyne.CanvasObject {
	if label == "" {
		return nil
	}
	return press(label, t.ctl.Retry)
}

// connected is the green square for a phone that just paired.
func connected(name string) fyne.CanvasObject {
	disc := canvas.NewCircle(theme.Color(look.ColorOnConnected))
	tick := look.Icon(theme.ConfirmIcon(), look.ColorConnected, 52)
	badge := container.NewStack(look.Sized(disc, fyne.NewSquareSize(88)), tick)
	who := widget.NewRichText(&widget.TextSegment{Text: name, Style: widget.RichTextStyle{
		Alignment: fyne.TextAlignCenter, ColorName: look.ColorOnConnected, SizeName: theme.SizeNameSubHeadingText,
		TextStyle: fyne.TextStyle{Bold: true},
	}})
	who.Truncation = fyne.TextTruncateEllipsis
	said := look.Text(words.L("Connected"), 15, look.ColorOnConnected, fyne.TextStyle{})
	said.Alignment = fyne.TextAlignCenter
	lines := container.NewVBox(look.Centred(badge), who, said)
	return look.Emblem(look.ColorConnected, look.Padded(look.Middle(lines), 0, 8))
}
