// Package tray is Modelbeam's icon in the tray of the desktop, with a menu, without a window and without
// OpenGL: the service shows it. It renders [app.State] and calls methods that return at once.
//
// It hides fyne.io/systray, whose state belongs to the package: there can be one tray in the life of a
// process. What systray needs of threads is kept here too, but for one thing: on macOS all that is shown
// has to happen on the main thread.
package tray

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"modelbeam/app"
	"modelbeam/app/words"
)

// Controller is what the tray needs of the core. Its methods return at once and may be called from any
// goroutine; what they caused arrives as the next State.
type Controller interface {
	// Watch calls fn with whole snapshots, one at a time, the current one first, until stop.
	Watch(fn func(app.State)) (stop func())
	// Pause stops answering phones until Resume.
	Pause()
	Resume()
	// StartAtLogin has the system start Modelbeam when the person logs in, or not any more.
	StartAtLogin(on bool)
}

// Actions are what the tray asks of the program that shows it. They may be called from any goroutine, and
// must return at once.
type Actions struct {
	Show func() // opens the window, or brings it to the front; nil where there is none
	Quit func()
}

// tray is the one tray of this process, from a State to what systray is told.
type tray struct {
	ctl     Controller
	actions Actions

	views chan view            // the newest that is not shown yet
	last  atomic.Pointer[view] // the newest
	taps  chan struct{}        // clicks on the icon itself

	icon   *icon // nil until it is built
	clicks sync.WaitGroup
}

var used atomic.Bool

// Run shows the tray until ctx ends; when it returns, it has left no goroutine behind. Call
// words.LoadTranslations first, and call it on the main goroutine. Where there is no tray, it waits: on
// Linux for one to come, as when a desktop's extension is switched on, elsewhere only for the end. A second
// call in a process shows nothing.
func Run(ctx context.Context, c Controller, a Actions) {
	if used.Swap(true) {
		slog.Warn("a second tray is not shown")
		<-ctx.Done()
		return
	}
	t := &tray{ctl: c, actions: a, views: make(chan view, 1), taps: make(chan struct{}, 1)}
	stop := c.Watch(t.receive)
	t.live(ctx)
	stop()
	t.clicks.Wait()
}

// receive takes a snapshot from any goroutine, one at a time. Of a burst, the newest is shown.
func (t *tray) receive(s app.State) {
	if _, err := words.Follow(s.Language); err != nil {
		slog.Warn("the tray keeps its language", "error", err)
	}
	v := viewOf(s)
	t.last.Store(&v)
	select {
	case <-t.views:
	default:
	}
	t.views <- v // there is room: nobody else sends
}

func (t *tray) togglePause() {
	if t.last.Load().paused {
		t.ctl.Resume()
	} else {
		t.ctl.Pause()
	}
}

func (t *tray) toggleLogin() { t.ctl.StartAtLogin(!t.last.Load().atLogin) }
