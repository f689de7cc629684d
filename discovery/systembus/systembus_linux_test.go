package systembus

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"modelbeam/discovery/netnstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestABusThatHangs takes connections and says nothing: who asks it waits no longer than wanted.
func TestABusThatHangs(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+socket)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if b, err := Open(ctx); err == nil {
		_ = b.Close()
		t.Error("a bus that says nothing was greeted")
	}
}

func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	if b, err := Open(t.Context()); err == nil {
		_ = b.Close()
		t.Error("there is no bus")
	}
}

func TestCall(t *testing.T) {
	netnstest.Require(t, "dbus-daemon")
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", netnstest.StartBus(t, netnstest.New(t)))
	b, err := Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	const bus, path = "org.freedesktop.DBus", "/org/freedesktop/DBus"
	var there bool
	if err := b.Call(t.Context(), bus, path, bus+".NameHasOwner", []any{b.Name()}, []any{&there}); err != nil || !there {
		t.Errorf("we are there: %v, %v", there, err)
	}
	var features []string
	if err := b.Property(t.Context(), bus, path, bus, "Features", &features); err != nil {
		t.Error(err)
	}
	if err := b.Property(t.Context(), bus, path, bus, "Features", &there); err == nil {
		t.Error("a list was read as yes or no")
	}
	if err := b.Call(t.Context(), "org.example.Nobody", "/", "org.example.Nobody.Hello", nil, nil); err == nil {
		t.Error("nobody has answered")
	}
}
