package homelab

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"

	"modelbeam/cmd/e2e/await"
)

// busConfig is a system bus that trusts everybody: nobody but the machine's programs can reach it.
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

// Bus gives the machine a message bus of the system, which its programs find as always.
func (m *Machine) Bus() {
	m.t.Helper()
	dir := m.Folder()
	socket := filepath.Join(dir, "bus")
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, []byte(strings.ReplaceAll(busConfig, "SOCKET", socket)), 0o600); err != nil {
		m.t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		m.t.Fatal(err)
	}
	m.bus = "unix:path=" + socket
	m.run(m.Command(m.t.Context(), "dbus-daemon", "--nofork", "--nopidfile", "--config-file="+config))
	await.True(m.t, "the bus of "+m.Name+" is there", func() bool { return m.onBus(func(*dbus.Conn) error { return nil }) == nil })
	m.Environ("DBUS_SYSTEM_BUS_ADDRESS=" + m.bus)
}

// onBus connects to the machine's bus for as long as f runs.
func (m *Machine) onBus(f func(*dbus.Conn) error) error {
	conn, err := dbus.Connect(m.bus, dbus.WithContext(m.t.Context()))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return f(conn)
}

// Avahi starts avahi-daemon(8) on the machine, which answers for its name.
func (m *Machine) Avahi() {
	m.t.Helper()
	m.Bus()
	config := filepath.Join(m.Folder(), "avahi.conf")
	if err := os.WriteFile(config, []byte("[server]\nhost-name=neighbour\nuse-ipv6=no\n"), 0o600); err != nil {
		m.t.Fatal(err)
	}
	// Its PID file and its socket have fixed places below /run.
	const script = `mount -t tmpfs tmpfs /run && exec avahi-daemon -f "$0" --no-drop-root --no-chroot --no-rlimits`
	m.run(m.Command(m.t.Context(), "sh", "-c", script, config))
	await.True(m.t, "avahi is there", func() bool { return m.offered("org.freedesktop.Avahi") })
}

// offered says whether somebody on the machine's bus has that name.
func (m *Machine) offered(name string) (yes bool) {
	err := m.onBus(func(conn *dbus.Conn) error {
		return conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&yes)
	})
	return err == nil && yes
}
