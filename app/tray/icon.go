//go:build !darwin || cgo

package tray

import (
	"context"
	"log/slog"
	"time"

	"fyne.io/systray"

	"modelbeam/app/words"
)

// icon is what systray knows of the tray: the items of the menu, and what they show.
type icon struct {
	shown view

	line, awake, window, pause, login, quit *systray.MenuItem // window is nil where there is none
}

// build makes the menu. From then on clicks are acted upon, until ctx ends.
func (t *tray) build(ctx context.Context) {
	t.icon = &icon{shown: view{line: "Modelbeam", pause: words.L("Pause"), language: words.Spoken()}}
	setIcon(false)
	systray.SetTooltip("Modelbeam") // only what is ours: some desktops read markup here
	t.icon.line, t.icon.awake = systray.AddMenuItem(t.icon.shown.line, ""), systray.AddMenuItem("", "")
	t.icon.line.Disable()
	t.icon.awake.Disable()
	t.icon.awake.Hide()
	systray.AddSeparator()
	if t.actions.Show != nil {
		t.icon.window = systray.AddMenuItem("", "")
		t.onClick(ctx, t.icon.window.ClickedCh, t.actions.Show)
		t.onTap(ctx)
	}
	t.icon.pause = systray.AddMenuItem(t.icon.shown.pause, "")
	t.onClick(ctx, t.icon.pause.ClickedCh, t.togglePause)
	t.icon.login = systray.AddMenuItemCheckbox("", "", false)
	t.icon.login.Hide()
	t.onClick(ctx, t.icon.login.ClickedCh, t.toggleLogin)
	systray.AddSeparator()
	t.icon.quit = systray.AddMenuItem("", "")
	t.onClick(ctx, t.icon.quit.ClickedCh, t.actions.Quit)
	t.icon.name()
}

// name gives the items that always say the same their titles, in the language of this moment.
func (i *icon) name() {
	if i.window != nil {
		i.window.SetTitle(words.L("Show Modelbeam"))
	}
	i.login.SetTitle(words.L("Start with the computer"))
	i.quit.SetTitle(words.L("Quit"))
}

// onTap makes a click on the icon show the window, where that is the custom. The menu is then on the other
// button.
func (t *tray) onTap(ctx context.Context) {
	if !tapShows {
		return
	}
	systray.SetOnTapped(func() {
		select {
		case t.taps <- struct{}{}:
		default: // it is being shown
		}
	})
	t.onClick(ctx, t.taps, t.actions.Show)
}

// onClick acts on clicks on a goroutine of its own: systray drops a click that nobody is waiting for.
func (t *tray) onClick(ctx context.Context, clicked <-chan struct{}, act func()) {
	t.clicks.Go(func() {
		for {
			select {
			case <-clicked:
				act()
			case <-ctx.Done():
				return
			}
		}
	})
}

// renewal is more than a new code takes to replace the one that a phone has used.
const renewal = time.Second

// follow shows each State until ctx ends, and calls greet when a phone has paired that nobody saw doing it.
func (t *tray) follow(ctx context.Context, greet func()) {
	settled := time.NewTimer(renewal)
	settled.Stop()
	defer settled.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case v := <-t.views:
			if v.paired && !t.icon.shown.paired {
				settled.Reset(renewal)
			}
			t.icon.show(v)
		case <-settled.C:
			if !t.icon.shown.watched {
				greet()
			}
		}
	}
}

// show changes what differs.
func (i *icon) show(v view) {
	if v.paused != i.shown.paused {
		setIcon(v.paused)
	}
	if v.language != i.shown.language {
		i.name()
	}
	if v.line != i.shown.line {
		i.line.SetTitle(v.line)
	}
	if v.awake != i.shown.awake && v.awake != "" {
		i.awake.SetTitle(v.awake)
	}
	if v.pause != i.shown.pause {
		i.pause.SetTitle(v.pause)
	}
	turn(i.shown.awake != "", v.awake != "", i.awake.Show, i.awake.Hide)
	turn(i.shown.stuck, v.stuck, i.pause.Disable, i.pause.Enable)
	turn(i.shown.loginSet, v.loginSet, i.login.Show, i.login.Hide)
	turn(i.shown.atLogin, v.atLogin, i.login.Check, i.login.Uncheck)
	i.shown = v
}

// turn calls on or off where the one became the other.
func turn(was, is bool, on, off func()) {
	switch {
	case is && !was:
		on()
	case was && !is:
		off()
	}
}

// setIcon shows the icon of an open or of a paused gateway. systray panics when the desktop goes away in
// this very moment (prop.Properties.SetMust); it has then taken note of the icon for the next desktop.
func setIcon(paused bool) {
	defer func() {
		if broken := recover(); broken != nil {
			slog.Debug("the tray's icon was not taken", "error", broken)
		}
	}()
	drawIcon(paused)
}
