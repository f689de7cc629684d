package ui

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/words"
)

// ageRefresh is how often texts such as "2 minutes ago" are brought up to date.
const ageRefresh = 30 * time.Second

// UI is the window and the tray. Make it with New.
type UI struct {
	app    fyne.App
	ctl    Controller
	window fyne.Window
	page   *page
	tray   *tray // nil where the system knows no tray

	// do runs a function on the goroutine that owns the widgets. Tests call directly.
	do func(func())
	// trayHost says whether a tray shows our icon, so that a hidden window can come back.
	trayHost func(context.Context) bool
	now      func() time.Time

	visible bool // of the window; on Fyne's goroutine only
	asking  *sheet
	last    app.State

	inviting bool    // guests, by the code for the camera
	code     appCode // in place of the camera's
	codeTurn int     // counts choices of a code, so that a late answer is known for one

	mu     sync.Mutex // guards what follows
	next   app.State  // the newest snapshot, not shown yet
	queued bool       // show is on its way
}

// New builds the window and the tray on a, hidden. Call it on the main goroutine, after
// LoadTranslations. Nothing of c is called before Run.
func New(a fyne.App, c Controller) *UI {
	u := &UI{app: a, ctl: c, do: fyne.Do, trayHost: trayHost, now: time.Now}
	a.Settings().SetTheme(look.New())
	translateFyne()
	u.window = a.NewWindow("Modelbeam")
	u.window.SetIcon(look.AppIcon)
	u.window.SetCloseIntercept(u.closeAsked)
	u.rebuild()
	u.window.Resize(fyne.NewSize(windowWidth, windowHeight))
	u.tray = newTray(u)
	return u
}

// Run shows the window and returns when the person quits or the process gets SIGINT or SIGTERM
// (Fyne turns these into a quit). It must be called on the main goroutine.
func (u *UI) Run() {
	ctx, cancel := context.WithCancel(context.Background())
	var ages sync.WaitGroup
	ages.Go(func() { u.keepAges(ctx) })

	// Colours are read when an object is made, so another theme means another page.
	u.app.Settings().AddListener(func(fyne.Settings) { u.rebuild() })
	// A click on the tray icon shows the window without asking us.
	u.app.Lifecycle().SetOnEnteredForeground(func() { u.setVisible(true) })

	stop := u.ctl.Watch(u.receive)
	u.show()
	u.app.Run()

	stop()
	cancel()
	ages.Wait()
	u.setVisible(false)
}

// Show brings the window to the front. Any goroutine may call it.
func (u *UI) Show() { u.do(u.show) }

func (u *UI) show() {
	u.window.Show()
	u.window.RequestFocus()
	u.setVisible(true)
}

func (u *UI) hide() {
	u.window.Hide()
	u.setVisible(false)
}

// setVisible tells the controller when the code comes into sight or leaves it.
func (u *UI) setVisible(visible bool) {
	if u.visible == visible {
		return
	}
	u.visible = visible
	u.ctl.ShowCode(visible)
	if !visible {
		// Most of the time, whoever comes back wants the code for the camera.
		u.page.turn(onFirst)
		u.cameraCode()
		u.usualCode()
	}
}

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

	// Constant text only: on Windows a notification's text passes through PowerShell, so no
	// name that came over the network may be in it.
	if s.JustPaired != "" && u.last.JustPaired == "" && !u.visible {
		u.app.SendNotification(fyne.NewNotification("Modelbeam", words.L("A phone is connected.")))
	}
	u.last = s
	u.draw()
}

// draw shows the last snapshot.
func (u *UI) draw() {
	if u.code.chosen() && u.code.outlived(u.last, u.now()) {
		u.dropCode()
	}
	u.page.show(u.last, u.code, u.now())
	if u.tray != nil {
		u.tray.show(u.last)
	}
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
