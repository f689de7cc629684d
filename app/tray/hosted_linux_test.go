package tray

import (
	"context"
	"os"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/trayhost"
)

func TestHosted(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), await.Limit)
	defer cancel()
	t.Setenv(trayhost.AddressVariable, "unix:path="+t.TempDir()+"/none")
	if Hosted(ctx) {
		t.Error("a tray was found although there is no bus")
	}
	bus := privateBus(t)
	if Hosted(ctx) {
		t.Error("a tray was found on an empty bus")
	}
	blind := bus.Start(false)
	if Hosted(ctx) {
		t.Error("a watcher without a host was taken for a tray")
	}
	blind.Go()
	bus.Start(true)
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
	bus.Start(true)
	bus.Hang()
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
	t.Setenv(trayhost.AddressVariable, "autolaunch:")
	Hosted(t.Context())
	if _, err := os.Stat(bin + "/started"); err == nil {
		t.Error("a bus was started")
	}
}
