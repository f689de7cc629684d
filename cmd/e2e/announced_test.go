package e2e

import (
	"context"
	"net"
	"os"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/netnstest"
)

// holdEnv makes TestHelperHoldPort run.
const holdEnv = "E2E_HOLD_MDNS_PORT"

// TestHelperHoldPort is no test: it is a program that has the port of mDNS for itself until its
// input ends.
func TestHelperHoldPort(t *testing.T) {
	if os.Getenv(holdEnv) == "" {
		t.Skip("not asked to hold a port")
	}
	conn, err := net.ListenPacket("udp4", "0.0.0.0:5353")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	os.Stdout.WriteString("held\n")
	_, _ = os.Stdin.Read(make([]byte, 1))
}

// TestAnnouncedWhenItCanBe starts where nothing can be announced, or takes the announcement's ground
// away: it is there as soon as it can be.
func TestAnnouncedWhenItCanBe(t *testing.T) {
	netnstest.Require(t, "avahi-daemon", "avahi-browse", "dbus-daemon")
	for name, tt := range map[string]struct {
		hinder func(t *testing.T, laptop, phone *machine) (clear func())
		late   bool // it is hindered after the start
	}{
		"the port is taken": {hinder: func(t *testing.T, laptop, _ *machine) func() {
			cmd := laptop.ns.Self(context.Background(), "TestHelperHoldPort", holdEnv+"=1")
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			p := start(t, "the port's owner", cmd)
			await.True(t, "the port is taken", func() bool { return strings.Contains(strings.Join(p.lines(), "\n"), "held") })
			return func() {
				_ = in.Close()
				<-p.exited
			}
		}},
		"no multicast": {hinder: func(_ *testing.T, laptop, _ *machine) func() {
			laptop.ns.IP("link", "set", "wlan0", "multicast", "off")
			return func() { laptop.ns.IP("link", "set", "wlan0", "multicast", "on") }
		}},
		"the interface comes again": {late: true, hinder: func(_ *testing.T, laptop, phone *machine) func() {
			laptop.ns.IP("link", "del", "wlan0")
			laptop.ns.Link("wlan0", laptopAddress+"/24", phone.ns, "wlan0", phoneAddress+"/24")
			return func() {}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			laptop, phone := newHome(t)
			path := beamCommand(t).Path
			launch := func() {
				p := start(t, "beam", laptop.command(path, "--json", "--verbose", "--state", t.TempDir(), "--no-scan", "--demo", "on"))
				(&beam{process: p}).awaitEvent(t, "ready", "the gateway is open", anything)
			}
			if tt.late {
				launch()
			}
			clear := tt.hinder(t, laptop, phone)
			if !tt.late {
				launch()
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			lines := netnstest.StartAvahi(t, phone.ns).Browse(ctx, "_http._tcp")
			clear()
			if resolved := awaitLine(t, lines, "=;"); resolved[7] != laptopAddress {
				t.Errorf("announced at %s, want %s", resolved[7], laptopAddress)
			}
		})
	}
}
