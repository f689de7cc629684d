package tray

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// The tray of a Linux desktop is a D-Bus service
// (https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/). GNOME has none without
// an extension.
const (
	watcherName      = "org.kde.StatusNotifierWatcher"
	watcherPath      = "/StatusNotifierWatcher"
	busHasOwner      = "org.freedesktop.DBus.NameHasOwner"
	propertiesMethod = "org.freedesktop.DBus.Properties.Get"
)

// Hosted reports whether something shows tray icons now, so that a window that is closed can come back. It
// asks and changes nothing; an error or the end of ctx means no.
func Hosted(ctx context.Context) bool {
	bus, err := connect(ctx)
	if err != nil {
		return false
	}
	defer bus.Close()
	// Without this question the bus might start a program that could own the name.
	var owned bool
	if err := bus.BusObject().CallWithContext(ctx, busHasOwner, 0, watcherName).Store(&owned); err != nil || !owned {
		return false
	}
	var host dbus.Variant
	watcher := bus.Object(watcherName, watcherPath)
	err = watcher.CallWithContext(ctx, propertiesMethod, 0, watcherName, "IsStatusNotifierHostRegistered").Store(&host)
	shown, _ := host.Value().(bool)
	return err == nil && shown
}

// busPatience bounds the greeting of a bus: one that was stopped takes connections and says nothing.
const busPatience = 5 * time.Second

// connect makes a connection to the session bus of its own, which ends with ctx. It starts no bus where
// none runs, as godbus' shared connection does.
func connect(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	late := time.AfterFunc(busPatience, func() { conn.Close() })
	defer late.Stop()
	if err := conn.Auth(nil); err != nil {
		conn.Close()
		return nil, err
	}
	if err := conn.Hello(); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}
