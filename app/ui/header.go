package ui

import (
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

// header is the first line: a coloured dot, one sentence that says how things are, and the
// button that pauses.
type header struct {
	dot      *canvas.Circle
	busy     *widgets.Wait
	sentence *widget.Label
	second   *widget.Label
	button   *widgets.Button
	object   fyne.CanvasObject
}

func newHeader(pause func()) *header {
	h := &header{
		dot:      canvas.NewCircle(nil),
		busy:     widgets.NewWait(),
		sentence: widget.NewLabel(""),
		second:   widget.NewLabel(""),
		button:   widgets.NewButton("", pause),
	}
	h.sentence.SizeName = theme.SizeNameSubHeadingText
	h.sentence.TextStyle.Bold = true
	h.sentence.Truncation = fyne.TextTruncateEllipsis
	h.second.Truncation = fyne.TextTruncateEllipsis
	h.second.Importance = widget.LowImportance

	sign := container.NewStack(look.Centred(look.Sized(h.dot, fyne.NewSquareSize(12))), look.Centred(look.Sized(h.busy.Object, fyne.NewSquareSize(20))))
	lines := container.New(layout.NewCustomPaddedVBoxLayout(-16), h.sentence, h.second)
	h.object = look.Border(nil, nil, look.Sized(sign, fyne.NewSize(24, h.sentence.MinSize().Height)), look.Centred(h.button), lines)
	return h
}

func (h *header) show(s app.State, step story.Step) {
	s = headed(s, step)
	look.SetLabel(h.sentence, words.Headline(s))
	look.SetLabel(h.second, words.Subline(s))
	if tint := theme.Color(signal(s)); h.dot.FillColor != tint {
		h.dot.FillColor = tint
		h.dot.Refresh()
	}
	look.SetShown(h.dot, s.Phase != app.Searching)
	look.SetShown(h.busy.Object, s.Phase == app.Searching)
	if s.Phase == app.Searching {
		h.busy.Start()
	} else {
		h.busy.Stop()
	}
	h.showButton(s)
}

// headed is the State that the header tells of: the demo is nothing to speak of before it is offered.
func headed(s app.State, step story.Step) app.State {
	if step.Chapter != story.Code && s.Phase == app.Sharing && s.OnlyDemo() {
		s.Phase = app.Empty
	}
	return s
}

func (h *header) showButton(s app.State) {
	label, picture, weight := pauseLabel(s), theme.MediaPauseIcon(), widget.MediumImportance
	if s.Phase == app.Paused {
		picture, weight = theme.MediaPlayIcon(), widget.HighImportance
	}
	if h.button.Text != label || h.button.Importance != weight {
		h.button.Text, h.button.Icon, h.button.Importance = label, picture, weight
		h.button.Refresh()
	}
	look.SetShown(h.button, s.Phase != app.Failed)
}

// signal is the colour of the dot.
func signal(s app.State) fyne.ThemeColorName {
	switch s.Phase {
	case app.Sharing:
		if s.OnlyDemo() {
			return theme.ColorNameWarning
		}
		return theme.ColorNameSuccess
	case app.Failed, app.Offline:
		return theme.ColorNameError
	case app.Empty:
		return theme.ColorNameWarning
	}
	return look.ColorMuted
}

func pauseLabel(s app.State) string {
	if s.Phase == app.Paused {
		return words.L("Resume")
	}
	return words.L("Pause")
}
