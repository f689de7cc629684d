package trayhost

import (
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"modelbeam/cmd/e2e/await"
)

// What programs call the tray of a desktop.
const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// Host is the tray of a desktop, as programs see it over D-Bus.
type Host struct {
	conn  *dbus.Conn
	icons chan string // the bus names of those that registered
	t     testing.TB
}

// watcher has the methods that programs call.
type watcher struct{ icons chan<- string }

// RegisterStatusNotifierItem is called by every icon. It says either its bus name or its object path, and
// then the sender is the name.
func (w watcher) RegisterStatusNotifierItem(sender dbus.Sender, service string) *dbus.Error {
	if strings.HasPrefix(service, "/") {
		service = string(sender)
	}
	w.icons <- service
	return nil
}

// Start starts a tray on the bus. One that shows nothing is there for programs, but nobody draws the icons.
func (b *Bus) Start(shows bool) *Host {
	b.t.Helper()
	h := &Host{conn: b.Connect(), icons: make(chan string, 8), t: b.t}
	if err := h.conn.Export(watcher{h.icons}, watcherPath, watcherName); err != nil {
		b.t.Fatal(err)
	}
	if _, err := prop.Export(h.conn, watcherPath, prop.Map{
		watcherName: {"IsStatusNotifierHostRegistered": {Value: shows}},
	}); err != nil {
		b.t.Fatal(err)
	}
	h.Come()
	return h
}

// Come makes this the desktop's tray again, after Go.
func (h *Host) Come() {
	h.t.Helper()
	own(h.t, h.conn, watcherName)
}

// Go ends that, as when GNOME's extension is switched off.
func (h *Host) Go() {
	h.t.Helper()
	if _, err := h.conn.ReleaseName(watcherName); err != nil {
		h.t.Fatal(err)
	}
}

// Icon waits until an icon registers.
func (h *Host) Icon() *Icon {
	h.t.Helper()
	name := await.First(h.t, "a tray icon registers", h.icons)
	return &Icon{item: h.conn.Object(name, itemPath), menu: h.conn.Object(name, itemPath+"/menu"), t: h.t}
}

// HasIcon reports whether an icon registers within that time, which Icon returns then.
func (h *Host) HasIcon(within time.Duration) bool {
	select {
	case name := <-h.icons:
		h.icons <- name
		return true
	case <-time.After(within):
		return false
	}
}

// notifier shows notifications.
type notifier struct{ said chan<- string }

// Notify is called by programs; see https://specifications.freedesktop.org/notification-spec.
func (n notifier) Notify(app string, _ uint32, icon, title, text string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	n.said <- strings.Join([]string{app, icon, title, text}, "/")
	return 1, nil
}

// Notifications are what programs have the desktop say from now on: program/icon/title/text.
func (b *Bus) Notifications() <-chan string {
	b.t.Helper()
	const name, path = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
	conn, said := b.Connect(), make(chan string, 8)
	if err := conn.Export(notifier{said}, path, name); err != nil {
		b.t.Fatal(err)
	}
	own(b.t, conn, name)
	return said
}
