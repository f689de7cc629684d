package tray

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	itemPath       = "/StatusNotifierItem" // where systray shows its icon
	ownerChanged   = "org.freedesktop.DBus.NameOwnerChanged"
	registerMethod = watcherName + ".RegisterStatusNotifierItem"
)

// registersWithin is how long systray may take to register with a tray that has come.
const registersWithin = time.Second

// arrivals has the bus tell of trays that come. It is called before systray looks for one: that registers with the tray
// that is there, then asks the bus for those to come, and only then listens. In between it misses one, as when panel
// and programs start together at the login.
func arrivals(conn *dbus.Conn) <-chan *dbus.Signal {
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	err := conn.AddMatchSignalContext(conn.Context(), dbus.WithMatchSender("org.freedesktop.DBus"),
		dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName))
	if err != nil {
		slog.Debug("the bus does not tell of trays that come", "error", err)
	}
	return signals
}

// stayRegistered registers the icon of systray, which is at shared, with each tray that does not have it a while after it
// has come. It returns when the bus at the other end of conn is gone.
func stayRegistered(conn, shared *dbus.Conn, signals <-chan *dbus.Signal) {
	late := time.NewTimer(registersWithin)
	late.Stop()
	defer late.Stop()
	for {
		select {
		case <-conn.Context().Done():
			return
		case s, open := <-signals:
			if !open {
				return
			}
			if hasCome(s) {
				late.Reset(registersWithin)
			}
		case <-late.C:
			if err := ensureRegistered(conn.Context(), conn, shared); err != nil {
				slog.Debug("a tray came that does not show the icon", "error", err)
			}
		}
	}
}

// hasCome says whether a signal tells of a tray that has come: its body has the name, and the owners of before and of now.
func hasCome(s *dbus.Signal) bool {
	var name, before, now string
	err := dbus.Store(s.Body, &name, &before, &now)
	return s.Name == ownerChanged && err == nil && name == watcherName && now != ""
}

// ensureRegistered asks the tray which icons it has, and registers ours as systray does if it is not among them.
func ensureRegistered(ctx context.Context, conn, shared *dbus.Conn) error {
	var listed dbus.Variant
	var items []string
	err := conn.Object(watcherName, watcherPath).
		CallWithContext(ctx, propertiesMethod, 0, watcherName, "RegisteredStatusNotifierItems").Store(&listed)
	if err != nil {
		return fmt.Errorf("ask for the icons: %w", err)
	}
	if err := listed.Store(&items); err != nil {
		return fmt.Errorf("read the icons: %w", err)
	}
	owner := shared.Names()[0] // its unique name: systray registers a path, which is that of whoever sends it
	if slices.ContainsFunc(items, func(item string) bool { return isOf(item, owner) }) {
		return nil
	}
	return shared.Object(watcherName, watcherPath).CallWithContext(ctx, registerMethod, 0, itemPath).Err
}

// isOf says whether a tray's word for an icon begins with the name of a connection. KDE and most others write
// :1.42/StatusNotifierItem, GNOME's extension :1.42@/StatusNotifierItem.
func isOf(item, owner string) bool {
	rest, found := strings.CutPrefix(item, owner)
	return found && strings.Trim(rest[:min(1, len(rest))], "/@") == ""
}
