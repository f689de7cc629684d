package ui

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"modelbeam/app"
	"modelbeam/app/tray"
	"modelbeam/app/ui/look"
)

// ageRefresh is how often texts such as "2 minutes ago" are brought up to date.
const ageRefresh = 30 * time.Second

// seenAfter is how long the window must have drawn without an accident to count as shown.
const seenAfter = 250 * time.Millisecond

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

	asking *sheet
	stays  bool // say that the service stays when the window is closed
	last   app.State

	inviting bool    // guests, by the code for the camera
	code     appCode // in place of the camera's
	codeTurn int     // counts choices of a code, so that a late answer is known for one

	mu     sync.Mutex // guards what follows
	next   app.State  // the newest snapshot, not shown yet
	queued bool       // show is on its way
}

// New builds the window on a, not shown yet. Call it on the main goroutine, after
// LoadTranslations. Nothing of c is called before Run. The folder logs is shown to whoever looks for the log.
func New(a fyne.App, c Controller, logs string) *UI {
	u := &UI{app: a, ctl: c, logs: logs, do: fyne.Do, hosted: tray.Hosted, now: time.Now}
	a.Settings().SetTheme(look.New())
	u.window = a.NewWindow("Modelbeam")
	u.window.SetMaster()
	u.window.SetIcon(look.AppIcon)
	u.rebuild()
	u.window.Resize(fyne.NewSize(windowWidth, windowHeight))
	return u
}

// Run shows the window and returns when it is closed, after Quit, or when the process gets SIGINT or
// SIGTERM (Fyne turns these into a quit). It must be called on the main goroutine.
func (u *UI) Run() {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { u.keepAges(ctx) })

	// Colours are read when an object is made, so another theme means another page.
	u.app.Settings().AddListener(func(fyne.Settings) { u.rebuild() })
	all.Go(func() { u.started(ctx) })

	stop := u.ctl.Watch(u.receive)
	u.ctl.ShowCode(true)
	u.window.Show()
	u.app.Run()

	stop()
	cancel()
	all.Wait()
	u.ctl.ShowCode(false)
}

// started says, once the window is seen, that it is, and what there is to say about its end.
func (u *UI) started(ctx context.Context) {
	running := make(chan struct{})
	u.do(func() { close(running) })
	select {
	case <-ctx.Done():
		return
	case <-running:
	}
	select {
	case <-ctx.Done():
		return
	case <-time.After(seenAfter):
	}
	u.do(u.ctl.Shown)
	looking, cancel := context.WithTimeout(ctx, trayPatience)
	defer cancel()
	if !u.hosted(looking) && ctx.Err() == nil {
		u.do(u.tellStays)
	}
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
	u.draw()
}

// draw shows the last snapshot.
func (u *UI) draw() {
	if u.code.chosen() && u.code.outlived(u.last, u.now()) {
		u.dropCode()
	}
	u.page.show(u.last, u.code, u.now())
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
	u.window.SetContent(u.page.object)
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
