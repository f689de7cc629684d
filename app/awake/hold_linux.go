package awake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/godbus/dbus/v5"
)

// inhibitor is a service on a bus that can be asked for a lock. Each drops it when the one who asked leaves the bus, or
// closes the file that logind gives, and both happen when a process ends.
type inhibitor struct {
	bus           func(opts ...dbus.ConnOption) (*dbus.Conn, error)
	service, path string
	method        string
	args          func(why string) []any
}

const who = "Modelbeam"

// login1 is systemd-logind, the first to ask: it is there whatever the desktop is, also for a service without one. It knows two
// things that we mind: that nobody is there ("idle"), and sleep. See
// https://systemd.io/INHIBITOR_LOCKS.
func login1(what string) inhibitor {
	return inhibitor{
		dbus.SystemBusPrivate, "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager.Inhibit",
		func(why string) []any { return []any{what, who, why, "block"} },
	}
}

// sessions are what desktops have beside it, since they count by themselves how long nobody was there. The first that
// answers does. GNOME's flag 4 is for sleep alone: the screen may go dark. KDE and Xfce have the other.
var sessions = []inhibitor{
	{
		dbus.SessionBusPrivateNoAutoStartup, "org.gnome.SessionManager", "/org/gnome/SessionManager", "org.gnome.SessionManager.Inhibit",
		func(why string) []any { return []any{"app.modelbeam.Modelbeam", uint32(0), why, uint32(4)} },
	},
	{
		dbus.SessionBusPrivateNoAutoStartup, "org.freedesktop.PowerManagement", "/org/freedesktop/PowerManagement/Inhibit", "org.freedesktop.PowerManagement.Inhibit.Inhibit",
		func(why string) []any { return []any{who, why} },
	},
}

// hold asks logind, and beside it the desktop. One of them is enough.
func hold(ctx context.Context, why string) (*lock, error) {
	first, failed := login1("idle:sleep").hold(ctx, why)
	if answer := (dbus.Error{}); errors.As(failed, &answer) {
		// Sleep is for those alone who sit in front of it, in the policy that logind comes with; the other is for all.
		first, failed = login1("idle").hold(ctx, why)
	}
	var second *lock
	for _, s := range sessions {
		var err error
		if second, err = s.hold(ctx, why); err == nil {
			break
		}
	}
	switch {
	case first == nil && second == nil:
		return nil, failed
	case first == nil:
		return second, nil
	case second == nil:
		return first, nil
	}
	return both(first, second), nil
}

// both is lost when one of two is.
func both(a, b *lock) *lock {
	lost, done := make(chan struct{}), make(chan struct{})
	go func() {
		select {
		case <-a.lost:
		case <-b.lost:
		case <-done:
			return
		}
		close(lost)
	}()
	return &lock{lost, func() {
		close(done)
		a.release()
		b.release()
	}}
}

// hold stays on the bus for as long as the lock is kept, and hears there when the service goes away.
func (i inhibitor) hold(ctx context.Context, why string) (*lock, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	bus, err := i.bus()
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = bus.Close() }) // a bus that hangs hears of no context
	defer stop()
	l, err := i.holdOn(ctx, bus, why)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", i.service, errors.Join(err, bus.Close()))
	}
	return l, nil
}

func (i inhibitor) holdOn(ctx context.Context, bus *dbus.Conn, why string) (*lock, error) {
	if err := bus.Auth(nil); err != nil {
		return nil, err
	}
	if err := bus.Hello(); err != nil {
		return nil, err
	}
	const changed = "NameOwnerChanged"
	heard := make(chan *dbus.Signal, 1)
	bus.Signal(heard)
	err := bus.AddMatchSignalContext(ctx, dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchMember(changed), dbus.WithMatchArg(0, i.service))
	if err != nil {
		return nil, err
	}
	answer := bus.Object(i.service, dbus.ObjectPath(i.path)).CallWithContext(ctx, i.method, dbus.FlagNoAutoStart, i.args(why)...)
	if answer.Err != nil {
		return nil, answer.Err
	}
	keep := fileOf(answer)
	lost := make(chan struct{})
	go func() {
		defer close(lost)
		for s := range heard { // until the bus is closed, by us or by itself
			if s.Name == "org.freedesktop.DBus."+changed {
				return
			}
		}
	}()
	return &lock{lost, sync.OnceFunc(func() {
		_ = keep.Close()
		_ = bus.Close()
	})}, nil
}

// fileOf is the file in an answer, which is nil where there is a number instead; such a file may be closed too.
func fileOf(answer *dbus.Call) *os.File {
	if len(answer.Body) == 0 {
		return nil
	}
	fd, ok := answer.Body[0].(dbus.UnixFD)
	if !ok {
		return nil
	}
	return os.NewFile(uintptr(fd), "inhibitor")
}
