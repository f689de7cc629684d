package firewall

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// TestABusThatHangs: whoever looks waits no longer than wanted, and firewalld is not there without a sign of it.
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
	for _, f := range Look(ctx, onLinux) {
		if f.Product == Firewalld && f.State != MayBlock {
			t.Errorf("%+v", f)
		}
	}
	if ctx.Err() == nil {
		t.Error("it has not waited for the bus")
	}
}
