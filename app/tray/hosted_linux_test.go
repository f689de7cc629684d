package tray

import (
	"context"
	"os"
	"syscall"
	"testing"
	"time"
)

func TestHosted(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	if Hosted(ctx) {
		t.Error("a tray was found although there is no bus")
	}
	privateBus(t)
	if Hosted(ctx) {
		t.Error("a tray was found on an empty bus")
	}
	w := startWatcher(t, false)
	if Hosted(ctx) {
		t.Error("a watcher without a host was taken for a tray")
	}
	w.conn.Close()
	startWatcher(t, true)
	if !Hosted(ctx) {
		t.Error("the tray was not found")
	}
}

func TestHostedGivesUp(t *testing.T) {
	privateBus(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if Hosted(ctx) {
		t.Error("a tray was found after the end of the context")
	}
}

// A bus that was stopped takes the connection, and then says nothing.
func TestHostedLeavesASilentBus(t *testing.T) {
	bus := privateBus(t)
	startWatcher(t, true)
	if err := bus.daemon.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if Hosted(ctx) {
		t.Error("a tray was found that does not answer")
	}
}

// Where no bus runs, none is started: it would outlive us.
func TestHostedStartsNoBus(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(bin+"/dbus-launch", []byte("#!/bin/sh\ntouch "+bin+"/started\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "autolaunch:")
	Hosted(t.Context())
	if _, err := os.Stat(bin + "/started"); err == nil {
		t.Error("a bus was started")
	}
}
