package tray

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"

	"modelbeam/app"
	"modelbeam/app/words"
	"modelbeam/assets"
)

const (
	// shortcutMark stands before the letter of a shortcut (com.canonical.dbusmenu, property label).
	shortcutMark = "_"
	// tapShows is on: a click is org.kde.StatusNotifierItem.Activate, and the menu is on the other button.
	tapShows = true
)

// Without a session bus one is looked for after firstPause, and then less and less often.
const (
	firstPause   = time.Second
	longestPause = time.Minute
)

// live shows the tray on the session bus, and again on the next one when that dies. systray itself follows
// the desktop: it registers with each tray that it hears come, and stayRegistered with the others.
func (t *tray) live(ctx context.Context) {
	systray.SetTitle("Modelbeam")
	t.build(ctx)
	pause := firstPause
	for ctx.Err() == nil {
		if conn, err := connect(ctx); err == nil {
			t.liveOn(ctx, conn)
			pause = firstPause
		} else {
			slog.Debug("no session bus for the tray", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
			pause = min(2*pause, longestPause)
		}
	}
	systray.Quit()
}

// liveOn shows the tray until the bus at the other end of conn is gone, or ctx ends, with which conn was made.
func (t *tray) liveOn(ctx context.Context, conn *dbus.Conn) {
	defer conn.Close()
	signals := arrivals(conn)
	begun := make(chan *dbus.Conn, 1)
	go func() { begun <- begin(ctx) }()
	select {
	case shared := <-begun:
		if shared != nil {
			defer shared.Close()
			var registering sync.WaitGroup
			defer registering.Wait()
			registering.Go(func() { stayRegistered(conn, shared, signals) })
			t.follow(conn.Context(), func() { greet(conn) })
		}
	case <-ctx.Done(): // the bus hangs, and that must not keep us
	}
}

// begin has systray show itself on a connection of its own, which godbus shares in this process, and returns that;
// nil where there is none. A bus that hangs holds it up: at the greeting for as long as it hangs, which godbus
// offers no way out of, and later until ctx ends.
func begin(ctx context.Context) *dbus.Conn {
	shared, err := dbus.SessionBus()
	if err != nil {
		return nil
	}
	context.AfterFunc(ctx, func() { shared.Close() })
	start, _ := systray.RunWithExternalLoop(nil, nil)
	start()
	return shared
}

// greet says that a phone is connected (https://specifications.freedesktop.org/notification-spec). Nothing
// that came over the network is in it. Nobody waits for an answer.
func greet(conn *dbus.Conn) {
	desktop := conn.Object("org.freedesktop.Notifications", "/org/freedesktop/Notifications")
	call := desktop.Call("org.freedesktop.Notifications.Notify", dbus.FlagNoReplyExpected,
		"Modelbeam", uint32(0), app.ID, "Modelbeam", words.L("A phone is connected."),
		[]string{}, map[string]dbus.Variant{}, int32(-1))
	if call.Err != nil {
		slog.Debug("no notification", "error", call.Err)
	}
}

// drawIcon shows an icon with colours of its own: a panel is often dark under a light theme.
func drawIcon(paused bool) {
	if paused {
		systray.SetIcon(assets.TrayPausedPNG)
	} else {
		systray.SetIcon(assets.TrayPNG)
	}
}
