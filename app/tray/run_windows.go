package tray

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"fyne.io/systray"

	"modelbeam/assets"
)

const (
	// shortcutMark stands before the letter of a shortcut
	// (https://learn.microsoft.com/windows/win32/menurc/about-menus#menu-access-keys).
	shortcutMark = "&"
	// tapShows is on: the menu is on the other button.
	tapShows = true
)

// live shows the tray in the notification area. The window that gets its clicks belongs to the thread that
// makes it, so that thread is kept.
//
// Where Windows gives no window, as to a service without a desktop, systray's loop waits for messages that
// nobody sends, for as long as the process lives.
func (t *tray) live(ctx context.Context) {
	ready, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		systray.Run(func() { close(ready) }, nil)
	}()
	select {
	case <-ready:
		t.build(ctx)
		t.follow(ctx, func() {})
		systray.Quit()
		<-ended
	case <-ctx.Done():
	}
}

// drawIcon shows an icon with colours of its own: the taskbar is often dark under a light theme.
func drawIcon(paused bool) {
	name, ico := "tray.ico", assets.TrayICO
	if paused {
		name, ico = "tray-paused.ico", assets.TrayPausedICO
	}
	if err := loadIcon(name, ico); err != nil {
		slog.Warn("the tray has no icon", "error", err)
	}
}

// loadIcon shows an ICO file, which Windows reads from a disk. systray would leave it there. The name is
// always the same one, because systray keeps each drawing under the name that it was read from.
func loadIcon(name string, ico []byte) error {
	dir := filepath.Join(os.TempDir(), "modelbeam-"+strconv.Itoa(os.Getpid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	defer os.Remove(dir) // not RemoveAll, which deletes in a way that Wine 8 does not know
	file := filepath.Join(dir, name)
	defer os.Remove(file)
	if err := os.WriteFile(file, ico, 0o600); err != nil {
		return err
	}
	return systray.SetIconFromFilePath(file)
}
