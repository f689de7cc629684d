package trayhost

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"modelbeam/cmd/e2e/await"
)

// What programs call the tray of a desktop.
const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"

	itemsProperty = "RegisteredStatusNotifierItems"
)

// Host is the tray of a desktop, as programs see it over D-Bus.
type Host struct {
	conn    *dbus.Conn
	watcher *watcher
	t       testing.TB
}

// watcher has the methods that programs call.
type watcher struct {
	icons chan string // the bus names of those that registered
	props *prop.Properties
	mu    sync.Mutex // guards what follows
	items []string
}

// RegisterStatusNotifierItem is called by every icon. It says either its bus name or its object path, and
// then the sender is the name.
func (w *watcher) RegisterStatusNotifierItem(sender dbus.Sender, service string) *dbus.Error {
	path := itemPath
	if strings.HasPrefix(service, "/") {
		service, path = string(sender), service
	}
	w.list(service + path)
	w.icons <- service
	return nil
}

// list adds an item to those that programs see; an empty one takes all away.
func (w *watcher) list(item string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.items = append(w.items, item)
	if item == "" {
		w.items = []string{}
	}
	w.props.SetMust(watcherName, itemsProperty, w.items)
}

// Start starts a tray on the bus. One that shows nothing is there for programs, but nobody draws the icons.
func (b *Bus) Start(shows bool) *Host {
	b.t.Helper()
	conn := b.Connect()
	props, err := prop.Export(conn, watcherPath, prop.Map{
		watcherName: {"IsStatusNotifierHostRegistered": {Value: shows}, itemsProperty: {Value: []string{}}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	h := &Host{conn: conn, watcher: &watcher{icons: make(chan string, 8), props: props}, t: b.t}
	if err := conn.Export(h.watcher, watcherPath, watcherName); err != nil {
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
	h.watcher.list("")
}

// Icon waits until an icon registers.
func (h *Host) Icon() *Icon {
	h.t.Helper()
	name := await.First(h.t, "a tray icon registers", h.watcher.icons)
	return &Icon{item: h.conn.Object(name, itemPath), menu: h.conn.Object(name, itemPath+"/menu"), t: h.t}
}

// Items are the icons that the tray has, as programs see them: the bus name and the path of each.
func (h *Host) Items() []string {
	h.watcher.mu.Lock()
	defer h.watcher.mu.Unlock()
	return slices.Clone(h.watcher.items)
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
