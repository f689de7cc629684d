package awake

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/logind"
)

// noSession leaves this test without a desktop.
func noSession(t *testing.T) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "nobody"))
}

func isLost(l *lock) bool {
	select {
	case <-l.lost:
		return true
	default:
		return false
	}
}

func TestLogind(t *testing.T) {
	s := logind.Start(t)
	t.Setenv(logind.AddressVariable, s.Address)
	noSession(t)
	l, err := hold(t.Context(), "A phone is being answered")
	if err != nil {
		t.Fatal(err)
	}
	want := logind.Inhibitor{What: "idle:sleep", Who: "Modelbeam", Why: "A phone is being answered", Mode: "block", UID: 0, PID: uint32(os.Getpid())}
	if got := s.Inhibitors(); !slices.Equal(sorted(got), []logind.Inhibitor{want}) {
		t.Errorf("logind knows of %+v", got)
	}
	if isLost(l) {
		t.Error("lost")
	}
	l.release()
	await.True(t, "logind has let go", func() bool { return len(s.Inhibitors()) == 0 })
}

// sorted puts what is inhibited in one order: logind has its own.
func sorted(all []logind.Inhibitor) []logind.Inhibitor {
	for i := range all {
		what := strings.Split(all[i].What, ":")
		slices.Sort(what)
		all[i].What = strings.Join(what, ":")
	}
	return all
}

// TestLogindRestarts: one that has forgotten what it was asked is asked again.
func TestLogindRestarts(t *testing.T) {
	s := logind.Start(t)
	t.Setenv(logind.AddressVariable, s.Address)
	noSession(t)
	k := New(func() Demand { return Demand{Answering: []string{"Anna"}} }, func() {}, slog.New(slog.DiscardHandler))
	stop := run(t, k)
	defer stop()
	held := func() bool { return len(s.Inhibitors()) == 1 && k.Status().Held }
	await.True(t, "held", held)
	s.Restart()
	await.True(t, "held again", held)
	stop()
	await.True(t, "let go at the end", func() bool { return len(s.Inhibitors()) == 0 })
}

func run(t *testing.T, k *Keeper) (stop func()) {
	t.Helper()
	ended := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(ended)
		k.Run(ctx)
	}()
	return sync.OnceFunc(func() {
		cancel()
		<-ended
	})
}

// desktop is what a session has beside logind. It notes what it is asked, and forgets it with who asked.
type desktop struct {
	mu    sync.Mutex
	asked []any
}

// Inhibit is both org.gnome.SessionManager's and org.freedesktop.PowerManagement.Inhibit's.
type (
	gnome struct{ *desktop }
	kde   struct{ *desktop }
)

func (g gnome) Inhibit(app string, window uint32, why string, flags uint32) (uint32, *dbus.Error) {
	return g.note(app, window, why, flags), nil
}

func (k kde) Inhibit(app, why string) (uint32, *dbus.Error) { return k.note(app, why), nil }

// note returns a number that is a file of this process too, which must survive that.
func (d *desktop) note(args ...any) uint32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = args
	return 2
}

// was is what it was asked last.
func (d *desktop) was() []any {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}

// serve puts a desktop on the bus of this test's session.
func serve(t *testing.T, address, name, path, iface string, v any) *dbus.Conn {
	t.Helper()
	bus, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Close() })
	if err := bus.Export(v, dbus.ObjectPath(path), iface); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return bus
}

// TestDesktops: the session is asked in its own way, and it is enough where there is no logind.
func TestDesktops(t *testing.T) {
	for name, tt := range map[string]struct {
		bus, path, iface string
		on               func(*desktop) any
		want             []any
	}{
		"GNOME": {
			"org.gnome.SessionManager", "/org/gnome/SessionManager", "org.gnome.SessionManager",
			func(d *desktop) any { return gnome{d} },
			[]any{"app.modelbeam.Modelbeam", uint32(0), "A phone is being answered", uint32(4)},
		},
		"KDE": {
			"org.freedesktop.PowerManagement", "/org/freedesktop/PowerManagement/Inhibit", "org.freedesktop.PowerManagement.Inhibit",
			func(d *desktop) any { return kde{d} },
			[]any{"Modelbeam", "A phone is being answered"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			address := logind.Bus(t)
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
			t.Setenv(logind.AddressVariable, "unix:path="+filepath.Join(t.TempDir(), "nobody"))
			d := &desktop{}
			owner := serve(t, address, tt.bus, tt.path, tt.iface, tt.on(d))
			l, err := hold(t.Context(), "A phone is being answered")
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(d.was(), tt.want) {
				t.Errorf("asked %v, want %v", d.was(), tt.want)
			}
			if isLost(l) {
				t.Error("lost")
			}
			owner.Close()
			await.True(t, "lost with the desktop", func() bool { return isLost(l) })
			l.release()
			if l, err = hold(t.Context(), "nobody is there"); err == nil {
				l.release()
				t.Error("held by nobody")
			}
		})
	}
	if _, err := os.Stderr.Stat(); err != nil {
		t.Errorf("a number was taken for a file: %v", err)
	}
}

// strict is a logind that lets nobody keep the computer from sleep who is far away.
type strict struct{ given chan *os.File }

// Inhibit implements org.freedesktop.login1.Manager.
func (s strict) Inhibit(what, _, _, _ string) (dbus.UnixFD, *dbus.Error) {
	if strings.Contains(what, "sleep") {
		return 0, dbus.NewError("org.freedesktop.DBus.Error.AccessDenied", []any{"Access denied"})
	}
	f, err := os.Open(os.DevNull)
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	fd := dbus.UnixFD(f.Fd())
	s.given <- f
	return fd, nil
}

// TestFarAway: over SSH, what logind allows is asked for.
func TestFarAway(t *testing.T) {
	noSession(t)
	address := logind.Bus(t)
	t.Setenv(logind.AddressVariable, address)
	s := strict{make(chan *os.File, 1)}
	serve(t, address, "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager", s)
	l, err := hold(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	l.release()
	if err := (<-s.given).Close(); err != nil {
		t.Error(err)
	}
}

// TestLogindAndDesktop: both are asked, and what either forgets is lost.
func TestLogindAndDesktop(t *testing.T) {
	s := logind.Start(t)
	t.Setenv(logind.AddressVariable, s.Address)
	session := logind.Bus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", session)
	d := &desktop{}
	owner := serve(t, session, "org.gnome.SessionManager", "/org/gnome/SessionManager", "org.gnome.SessionManager", gnome{d})
	for _, lose := range []func(){s.Restart, func() { owner.Close() }} {
		l, err := hold(t.Context(), "x")
		if err != nil {
			t.Fatal(err)
		}
		if n := len(s.Inhibitors()); n != 1 || d.was() == nil || isLost(l) {
			t.Errorf("%d inhibitors, the desktop was asked %v", n, d.was())
		}
		lose()
		await.True(t, "lost", func() bool { return isLost(l) })
		l.release()
		await.True(t, "let go", func() bool { return len(s.Inhibitors()) == 0 })
	}
}

// TestNoBus: a computer without one stays awake by itself, and a bus that says nothing holds nobody up for long.
func TestNoBus(t *testing.T) {
	noSession(t)
	path := filepath.Join(t.TempDir(), "mute")
	t.Setenv(logind.AddressVariable, "unix:path="+path)
	if _, err := hold(t.Context(), "x"); err == nil {
		t.Error("held by nobody")
	}
	mute, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	if _, err := hold(t.Context(), "x"); err == nil {
		t.Error("held by a bus that says nothing")
	}
}
