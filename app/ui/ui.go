package ui

import (
	"context"
	"errors"
	"image/color"
	"os"
	"strconv"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"modelbeam/app"
	"modelbeam/app/feed"
	"modelbeam/app/tray"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/ui/wishes"
	"modelbeam/app/words"
)

// ageRefresh is how often texts such as "2 minutes ago" are brought up to date.
const ageRefresh = 30 * time.Second

// drawnWithin is how long the window may take until it is on the screen.
const drawnWithin = 20 * time.Second

// ErrNotDrawn says that the window is not on the screen, because of the graphics driver most likely.
var ErrNotDrawn = errors.New("the window could not be drawn")

// trayPatience bounds the look for a tray.
const trayPatience = 2 * time.Second

// UI is the window. Make it with New.
type UI struct {
	app    fyne.App
	ctl    Controller
	window fyne.Window
	page   *page
	logs   string // the folder with the service's log

	// do runs a function on the goroutine that owns the widgets. Tests call directly.
	do func(func())
	// hosted says whether a tray shows the icon of the service.
	hosted func(context.Context) bool
	now    func() time.Time

	mark  fyne.CanvasObject // in the corner of the window, to know when it is drawn
	drawn chan struct{}     // closed then

	asking *sheet
	inTray bool // a tray shows the icon, as far as is known
	last   app.State

	inviting bool    // guests, by the code for the camera
	code     appCode // in place of the camera's
	codeTurn int     // counts choices of a code, so that a late answer is known for one

	shown feed.Values[app.State]

	mu     sync.Mutex // guards what follows
	next   app.State  // the newest snapshot, not shown yet
	queued bool       // show is on its way
	seen   app.State  // what the window shows
}

// Respect has the window be as a person has told the system, which it asks. It is for the time before there is an
// app of Fyne's.
func Respect(ctx context.Context) { respect(wishes.Ask(ctx)) }

func respect(w wishes.Wishes) {
	look.Strengthen(w.Contrast)
	widgets.KeepStill(w.Still)
	if w.Text > 1 && os.Getenv("FYNE_SCALE") == "" {
		_ = os.Setenv("FYNE_SCALE", strconv.FormatFloat(w.Text, 'f', 2, 64)) // it cannot fail for such a name
	}
}

// New builds the window on a, not shown yet. Call it on the main goroutine, after
// LoadTranslations. Nothing of c is called before Run. The folder logs is shown to whoever looks for the log.
func New(a fyne.App, c Controller, logs string) *UI {
	u := &UI{app: a, ctl: c, logs: logs, do: fyne.Do, hosted: tray.Hosted, now: time.Now, drawn: make(chan struct{})}
	u.mark = newMark(sync.OnceFunc(func() { close(u.drawn) }))
	a.Settings().SetTheme(look.New())
	u.window = a.NewWindow("Modelbeam")
	u.window.SetMaster()
	u.window.SetIcon(look.AppIcon)
	u.window.Canvas().SetOnTypedKey(u.typed)
	u.window.SetCloseIntercept(u.close)
	u.rebuild()
	u.window.Resize(fyne.NewSize(windowWidth, windowHeight))
	return u
}

// Run shows the window and returns when it is closed, after Quit, or when the process gets SIGINT or
// SIGTERM (Fyne turns these into a quit). It must be called on the main goroutine. An error says that the
// window never came up; where Fyne knows that first, it ends the process.
func (u *UI) Run() error {
	ctx, cancel := context.WithCancelCause(context.Background())
	var all sync.WaitGroup
	all.Go(func() { u.keepAges(ctx) })
	all.Go(func() {
		if !u.open(ctx) {
			cancel(ErrNotDrawn)
			u.Quit()
		}
	})

	// Colours are read when an object is made, so another theme means another page.
	u.app.Settings().AddListener(func(fyne.Settings) { u.rebuild() })

	stop := u.ctl.Watch(u.receive)
	u.ctl.ShowCode(true)
	u.app.Run()

	stop()
	cancel(nil)
	all.Wait()
	if errors.Is(context.Cause(ctx), ErrNotDrawn) {
		return ErrNotDrawn
	}
	u.ctl.ShowCode(false)
	return nil
}

// open opens the window and, once it is seen, says that it is, and finds out whether there is a tray. It is
// false when it is not seen for too long.
func (u *UI) open(ctx context.Context) bool {
	// Not before Fyne runs: then it takes a failure for a wish to quit, and goes on without a window.
	u.do(u.window.Show)
	select {
	case <-ctx.Done():
		return true
	case <-time.After(drawnWithin):
		return false
	case <-u.drawn:
	}
	u.do(u.ctl.Shown)
	looking, cancel := context.WithTimeout(ctx, trayPatience)
	defer cancel()
	if u.hosted(looking) {
		u.do(func() {
			u.inTray = true
			u.draw()
		})
	}
	return true
}

// Show brings the window to the front, and says so. Any goroutine may call it.
func (u *UI) Show() {
	u.do(func() {
		u.window.Show()
		u.window.RequestFocus()
		u.ctl.Shown()
	})
}

// Quit closes the window; the service goes on. Any goroutine may call it, also after Run.
func (u *UI) Quit() { u.do(u.quit) }

func (u *UI) togglePause() {
	if u.last.Phase == app.Paused {
		u.ctl.Resume()
	} else {
		u.ctl.Pause()
	}
}

// receive takes a snapshot from any goroutine. A burst of snapshots becomes one redraw with the
// newest of them.
func (u *UI) receive(s app.State) {
	u.mu.Lock()
	u.next = s
	first := !u.queued
	u.queued = true
	u.mu.Unlock()
	if first {
		u.do(u.render)
	}
}

func (u *UI) render() {
	u.mu.Lock()
	s := u.next
	u.queued = false
	u.mu.Unlock()

	u.last = s
	u.speak(s.Language)
	u.draw()
	u.tell(s)
}

// draw shows the last snapshot.
func (u *UI) draw() {
	if u.code.chosen() && u.code.outlived(u.last, u.now()) {
		u.dropCode()
	}
	u.page.show(u.last, u.code, u.now())
	if u.asking != nil && u.asking.follow != nil {
		u.asking.follow(u.last)
	}
}

// speak makes the page anew when the person has chosen another language, with words in that one.
func (u *UI) speak(chosen string) {
	changed, err := words.Follow(chosen)
	if err != nil {
		fyne.LogError("load the texts of a language", err)
	}
	if changed {
		translateFyne()
		u.rebuild()
	}
}

// typed takes the keys that nothing in the window had a use for: Escape goes back, and the others scroll.
func (u *UI) typed(e *fyne.KeyEvent) {
	const line, screen = 40, 320
	switch e.Name {
	case fyne.KeyEscape:
		u.back()
	case fyne.KeyDown:
		u.page.scrollBy(line)
	case fyne.KeyUp:
		u.page.scrollBy(-line)
	case fyne.KeyPageDown:
		u.page.scrollBy(screen)
	case fyne.KeyPageUp:
		u.page.scrollBy(-screen)
	}
}

// back closes the sheet, or leads to the first page.
func (u *UI) back() {
	if u.asking != nil {
		u.dismiss()
		return
	}
	u.page.turn(onFirst)
}

func (u *UI) rebuild() {
	before := u.page
	u.page = newPage(u)
	u.page.show(u.last, u.code, u.now())
	if before != nil {
		before.stop()
		u.page.details.setOpen(before.details.open)
		u.page.usage.ask(before.usage.query)
		u.page.turn(before.at)
	}
	u.window.SetContent(container.NewStack(u.page.object, u.mark))
}

func (u *UI) keepAges(ctx context.Context) {
	tick := time.NewTicker(ageRefresh)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			u.do(u.draw)
		}
	}
}

// newMark is a pixel that cannot be seen. It calls drawn when it is drawn, and so is the window.
func newMark(drawn func()) fyne.CanvasObject {
	pixel := canvas.NewRasterWithPixels(func(_, _, _, _ int) color.Color {
		drawn()
		return color.Transparent
	})
	pixel.Resize(fyne.NewSquareSize(1))
	return container.NewWithoutLayout(pixel)
}
