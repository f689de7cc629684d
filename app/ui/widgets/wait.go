package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app/ui/look"
)

// still says that nothing may move that need not.
var still bool

// KeepStill has nothing of ours move, for who asked the system for that, or lets it move again. It is for the time
// before anything is made.
func KeepStill(on bool) { still = on }

// Wait shows that something is being done: it moves, or is a picture where that would be unwelcome.
type Wait struct {
	activity *widget.Activity // nil where it stands still
	Object   fyne.CanvasObject
}

// NewWait makes one that does not move yet.
func NewWait() *Wait {
	if still {
		return &Wait{Object: look.Icon(theme.MoreHorizontalIcon(), theme.ColorNameForeground, 24)}
	}
	a := widget.NewActivity()
	return &Wait{activity: a, Object: a}
}

// Start and Stop say whether it moves, which costs a redraw a frame.
func (w *Wait) Start() {
	if w.activity != nil {
		w.activity.Start()
	}
}

// Stop is the end of Start.
func (w *Wait) Stop() {
	if w.activity != nil {
		w.activity.Stop()
	}
}
