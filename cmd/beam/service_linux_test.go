package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"modelbeam/app/control"
	"modelbeam/cmd/e2e/await"
)

// TestWindowThatCannotStart: whoever clicks in the tray is told that no window comes, in one message box however often
// they click, and again when that is closed.
func TestWindowThatCannotStart(t *testing.T) {
	bin := t.TempDir()
	shown, closed := filepath.Join(bin, "shown"), filepath.Join(bin, "closed")
	box := "#!/bin/sh\necho \"$4\" >> " + shown + "\nwhile ! [ -e " + closed + " ]; do /bin/sleep 0.02; done\n"
	if err := os.WriteFile(filepath.Join(bin, "kdialog"), []byte(box), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	t.Setenv("DISPLAY", ":none")
	ctx, cancel := context.WithCancel(t.Context())
	d := &desktop{ctx: ctx, server: new(control.Server), log: slog.New(slog.DiscardHandler)}
	defer d.all.Wait()
	defer cancel()
	said := func() int {
		text, _ := os.ReadFile(shown) // not there before the first
		return strings.Count(string(text), "Modelbeam's window could not open")
	}
	noWindow := []string{filepath.Join(bin, "none")}
	for range 3 {
		d.open(noWindow)
	}
	await.True(t, "the message", func() bool { return said() == 1 })
	d.unseen()
	if err := os.WriteFile(closed, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	await.True(t, "it is closed", func() bool { return !d.boxed.Load() })
	if n := said(); n != 1 {
		t.Errorf("there were %d message boxes at once", n)
	}
	d.open(noWindow)
	await.True(t, "it is said again", func() bool { return said() == 2 })
}

// TestFoundWhenThereIsRoomAgain: a service that could not say where it is does so as soon as it can.
func TestFoundWhenThereIsRoomAgain(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", "")
	dir := t.TempDir()
	inTheWay := filepath.Join(dir, "instance.sock", "x") // in place of a disk that is full
	if err := os.MkdirAll(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	var log plainLog
	listening := make(chan net.Listener, 1)
	go func() { listening <- listen(t.Context(), dir, slog.New(slog.NewTextHandler(&log, nil))) }()
	await.True(t, "it is told", func() bool { return strings.Contains(log.String(), "for now") })
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	l := await.First(t, "the socket", listening)
	if _, err := os.Stat(filepath.Join(dir, "instance.addr")); err != nil {
		t.Error(err)
	}
	l.Close()
	if _, err := os.Stat(filepath.Join(dir, "instance.addr")); err == nil {
		t.Error("the note is still there when the service has ended")
	}
}

// plainLog is a log that a test reads while it is written.
type plainLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *plainLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *plainLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
