package homelab

import (
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/introspect"

	"modelbeam/cmd/e2e/await"
)

// Firewalld starts firewalld(1) on the machine, as a distribution has it, and runs lines of firewall-cmd(1):
// "--add-port=8717/tcp".
func (m *Machine) Firewalld(commands ...string) {
	m.t.Helper()
	m.Bus()
	m.polkit()
	m.ownFolder("/etc/firewalld")
	// It keeps its log below /var/log, and the PID in /run.
	log := filepath.Join(m.Folder(), "log")
	m.run(m.Command(m.t.Context(), "firewalld", "--nofork", "--nopid", "--log-file", log))
	await.True(m.t, "firewalld is there", func() bool {
		return m.Command(m.t.Context(), "firewall-cmd", "--state").Run() == nil
	})
	for _, line := range commands {
		m.must(m.Command(m.t.Context(), "firewall-cmd", strings.Fields(line)...))
	}
}

// polkit answers firewalld who may do what, in the place of the real one: everybody may look, as
// its policy has it (org.fedoraproject.FirewallD1.desktop.policy.choice), and nobody who is not root may change anything.
func (m *Machine) polkit() {
	m.t.Helper()
	conn, err := dbus.Connect(m.bus, dbus.WithContext(m.t.Context()))
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = conn.Close() })
	const path, name = "/org/freedesktop/PolicyKit1/Authority", "org.freedesktop.PolicyKit1.Authority"
	// firewalld asks what types the arguments have.
	about := introspect.NewIntrospectable(&introspect.Node{Interfaces: []introspect.Interface{
		introspect.IntrospectData, {Name: name, Methods: introspect.Methods(authority{})},
	}})
	for iface, v := range map[string]any{name: authority{conn}, introspect.IntrospectData.Name: about} {
		if err := conn.Export(v, path, iface); err != nil {
			m.t.Fatal(err)
		}
	}
	if _, err := conn.RequestName("org.freedesktop.PolicyKit1", dbus.NameFlagDoNotQueue); err != nil {
		m.t.Fatal(err)
	}
}

type authority struct{ conn *dbus.Conn }

// authorized is what polkit says (its D-Bus interface, "AuthorizationResult").
type authorized struct {
	Yes, AfterQuestion bool
	Details            map[string]string
}

// subject is who asks for something.
type subject struct {
	Kind    string
	Details map[string]dbus.Variant
}

// CheckAuthorization is called by the bus.
func (a authority) CheckAuthorization(who subject, action string, _ map[string]string, _ uint32, _ string) (authorized, *dbus.Error) {
	if strings.HasSuffix(action, ".info") {
		return authorized{Yes: true}, nil
	}
	name, _ := who.Details["name"].Value().(string)
	var user uint32
	err := a.conn.BusObject().Call("org.freedesktop.DBus.GetConnectionUnixUser", 0, name).Store(&user)
	return authorized{Yes: err == nil && user == 0}, nil
}
