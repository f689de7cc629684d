package netnstest

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// busConfig is a system bus that trusts everybody: nobody else can reach it.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
`

// avahiConfig keeps this avahi's own announcements out of the picture.
const avahiConfig = `[server]
host-name=HOST
use-ipv4=yes
use-ipv6=no
[publish]
publish-hinfo=no
publish-workstation=no
`

// Avahi is an avahi-daemon of the namespace's own, the resolver that stands for every other
// mDNS machine on the network. Its cache starts empty.
type Avahi struct {
	ns  *Namespace
	bus string
}

// StartBus starts a message bus of the namespace's own, and returns its address, for DBUS_SYSTEM_BUS_ADDRESS. It ends with
// the test.
func StartBus(t testing.TB, ns *Namespace) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // so that everybody in the namespace finds it
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "bus")
	file := write(t, dir, "bus.conf", strings.ReplaceAll(busConfig, "SOCKET", socket))
	ns.start(exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--config-file="+file))
	wait(t, "the private message bus", func() bool {
		conn, err := net.Dial("unix", socket)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return "unix:path=" + socket
}

// StartAvahi starts a private message bus and an avahi-daemon on it, and returns when the daemon
// answers. Both end with the test.
func StartAvahi(t testing.TB, ns *Namespace) *Avahi {
	t.Helper()
	a := &Avahi{ns: ns, bus: StartBus(t, ns)}
	avahiFile := write(t, t.TempDir(), "avahi.conf", strings.ReplaceAll(avahiConfig, "HOST", ns.Name))
	// avahi's pid file and socket have fixed places below /run. "ip netns exec" has given the
	// shell a mount namespace of its own, so a fresh /run there is seen by nobody else.
	daemon := a.command(context.Background(), "sh", "-c",
		`mount -t tmpfs tmpfs /run && exec avahi-daemon -f "$0" --no-drop-root --no-chroot --no-rlimits`, avahiFile)
	ns.start(daemon)
	wait(t, "avahi-daemon", func() bool {
		return a.command(t.Context(), "avahi-browse", "-t", "_nothing._tcp").Run() == nil
	})
	return a
}

// Resolve asks for a host's IPv4 address, as a browser does that opens http://host/.
func (a *Avahi) Resolve(ctx context.Context, host string) (string, error) {
	out, err := a.command(ctx, "avahi-resolve", "-4", "-n", host).CombinedOutput()
	if err != nil {
		return "", err
	}
	// avahi-resolve ends with status 0 even when it gives up; then it prints no pair.
	fields := strings.Fields(string(out))
	if len(fields) != 2 || !strings.EqualFold(fields[0], host) {
		return "", errors.New(strings.TrimSpace(string(out)))
	}
	return fields[1], nil
}

// Browse follows the announcements of a service type until ctx ends. The lines are those of
// "avahi-browse -p -r": fields separated by semicolons, the first of them "+" for a service that
// came, "=" for one that was resolved, and "-" for one that went. The channel is closed at the end.
func (a *Avahi) Browse(ctx context.Context, service string) <-chan string {
	a.ns.t.Helper()
	cmd := a.command(ctx, "avahi-browse", "-p", "-r", service)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		a.ns.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		a.ns.t.Fatalf("start avahi-browse: %v", err)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		defer func() { _ = cmd.Wait() }()
		for scanner := bufio.NewScanner(pipe); scanner.Scan(); {
			select {
			case lines <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// command is a program that talks to this avahi, and not to one that the machine may run.
func (a *Avahi) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := a.ns.Command(ctx, program, args...)
	cmd.Env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS="+a.bus)
	return cmd
}

func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// wait polls until ok. The limit is only there to end a test that can no longer pass.
func wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited 30 s for %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
