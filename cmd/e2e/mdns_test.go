package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/netnstest"
)

// TestAvahiSeesUs looks from another machine, with the resolver that Linux has: the service is
// there, at the address that the phone can reach and not at that of the containers, its host
// name has an address, and all of it is gone at once when beam ends.
func TestAvahiSeesUs(t *testing.T) {
	netnstest.Require(t, "avahi-daemon", "avahi-browse", "avahi-resolve", "dbus-daemon")
	laptop, phone := newHome(t)
	avahi := netnstest.StartAvahi(t, phone.ns)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	lines := avahi.Browse(ctx, "_http._tcp")

	path := beamCommand(t).Path
	b := &beam{process: start(t, "beam", laptop.command(path, "--json", "--state", t.TempDir(), "--no-scan", "--demo", "on"))}
	ready := b.awaitEvent(t, "ready", "the gateway is open", anything)
	if len(ready.URLs) == 0 || !strings.HasPrefix(ready.URLs[0], "http://"+laptopAddress+":") {
		t.Errorf("the addresses to show are %q, want %s first", ready.URLs, laptopAddress)
	}

	resolved := awaitLine(t, lines, "=;")
	host, address, port := resolved[6], resolved[7], resolved[8]
	if address != laptopAddress || !strings.HasSuffix(ready.Listen, ":"+port) {
		t.Errorf("avahi resolves the service to %s:%s, want %s and the port of %s", address, port, laptopAddress, ready.Listen)
	}
	if got, err := avahi.Resolve(ctx, host); err != nil || got != laptopAddress {
		t.Errorf("avahi resolves %s to %q, %v; want %s", host, got, err, laptopAddress)
	}
	if text := resolved[9]; strings.Contains(text, "mb_") || strings.Contains(text, ready.Code) {
		t.Errorf("the announcement holds a secret: %s", text)
	}

	asked := time.Now()
	if err := b.stop(t); err != nil {
		t.Errorf("beam ended with %v", err)
	}
	awaitLine(t, lines, "-;")
	gone := time.Since(asked).Round(time.Millisecond)
	await.True(t, "avahi does not know its name any more", func() bool {
		_, err := avahi.Resolve(ctx, host)
		return err != nil
	})
	t.Logf("the service %q at %s was gone %s after SIGTERM", resolved[3], host, gone)
}

// awaitLine waits for a line of avahi-browse that begins so, and returns its fields.
func awaitLine(t *testing.T, lines <-chan string, prefix string) []string {
	t.Helper()
	line := await.Value(t, "avahi-browse prints "+prefix, lines, func(line string) bool { return strings.HasPrefix(line, prefix) })
	return strings.Split(line, ";")
}
