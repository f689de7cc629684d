package firewall

import (
	"encoding/json"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/introspect"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/netnstest"
)

// host is a machine with a firewall of its own, as a network namespace: what it keeps on the disk is a copy.
type host struct {
	*netnstest.Namespace
	t      *testing.T
	dir    string
	script string // runs a command with the machine's own settings in place of this machine's
	bus    string
}

// newHost gives the machine copies of these files and folders.
func newHost(t *testing.T, own ...string) *host {
	t.Helper()
	h := &host{Namespace: netnstest.New(t), t: t, dir: t.TempDir()}
	// "ip netns exec" has given the shell a mount namespace of its own, so that nobody else sees these.
	h.script = "mount -t tmpfs tmpfs /run"
	for _, path := range own {
		to := filepath.Join(h.dir, filepath.Base(filepath.Dir(path))+"-"+filepath.Base(path))
		if out, err := exec.Command("cp", "-a", path, to).CombinedOutput(); err != nil {
			t.Fatalf("copy %s: %v\n%s", path, err, out)
		}
		h.script += " && mount --bind " + to + " " + path
	}
	h.script += ` && exec "$@"`
	return h
}

// command is a program on the machine.
func (h *host) command(program string, args ...string) *exec.Cmd {
	cmd := h.Command(h.t.Context(), "sh", append([]string{"-c", h.script, "sh", program}, args...)...)
	cmd.Env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS="+h.bus)
	return cmd
}

// run runs a program there to its end, which must be good.
func (h *host) run(program string, args ...string) {
	h.t.Helper()
	if out, err := h.command(program, args...).CombinedOutput(); err != nil {
		h.t.Fatalf("%s %q: %v\n%s", program, args, err, out)
	}
}

// look looks there, as root or as nobody, for the one firewall of a product.
func (h *host) look(product Product, environment ...string) Finding {
	h.t.Helper()
	asked, err := json.Marshal(Program{Port: 8717, Interface: "wlan0", Addr: netip.MustParseAddr("192.168.7.20")})
	if err != nil {
		h.t.Fatal(err)
	}
	cmd := h.command(os.Args[0], "-test.run=^TestHelperLook$", "-test.v")
	cmd.Env = append(append(cmd.Env, envLook+"="+string(asked), atOnce), environment...)
	out, err := cmd.Output()
	if err != nil {
		h.t.Fatalf("look: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		var f Finding
		if json.Unmarshal([]byte(line), &f) == nil && f.Product == product {
			return f
		}
	}
	h.t.Fatalf("nothing about %s in %s", product, out)
	return Finding{}
}

// want looks and compares.
func (h *host) want(what string, product Product, state State, reason Reason, environment ...string) Finding {
	h.t.Helper()
	f := h.look(product, environment...)
	if f.State != state || f.Reason != reason {
		h.t.Errorf("%s: %+v, want state %d, reason %q", what, f, state, reason)
	}
	return f
}

// asNobody has the one who looks give up root first; atOnce has the race detector not wait before the program ends.
const (
	asNobody = envNobody + "=1"
	atOnce   = "GORACE=atexit_sleep_ms=0"
)

// TestRealUFW has ufw itself write its files, and does what is proposed.
func TestRealUFW(t *testing.T) {
	netnstest.Require(t, "ufw")
	t.Parallel()
	h := newHost(t, "/etc/ufw", "/etc/default/ufw")
	h.run("ufw", "--force", "enable")
	h.want("on", UFW, Blocks, PolicyDrop)
	f := h.want("on, for nobody", UFW, MayBlock, PolicyDrop, asNobody)
	if !slices.Equal(f.Fix, []string{"ufw", "allow", "8717/tcp"}) || !f.Elevate {
		t.Errorf("%+v", f)
	}
	h.run(f.Fix[0], f.Fix[1:]...)
	h.want("allowed", UFW, Allows, "")
	h.run("ufw", "insert", "1", "deny", "in", "on", "wlan0", "from", "192.168.0.0/16", "to", "any", "port", "8000:9000", "proto", "tcp", "comment", "a b")
	h.want("denied", UFW, Blocks, BlockRule)
	h.run("ufw", "disable")
	h.want("off", UFW, Off, "")
}

// fakePolkit says who may do what. firewalld has it ask the person, which only flags of 1 allow; we do not.
type fakePolkit struct {
	mu       sync.Mutex
	contents bool     // whoever asks may see what is in zones
	asked    []string // for what the person would have been asked
}

// The types of polkit's interface.
type (
	polkitSubject struct {
		Kind    string
		Details map[string]dbus.Variant
	}
	polkitResult struct {
		Authorized, Challenge bool
		Details               map[string]string
	}
)

// CheckAuthorization is called by the bus.
func (f *fakePolkit) CheckAuthorization(_ polkitSubject, action string, _ map[string]string, flags uint32, _ string) (polkitResult, *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	may := action == actionInfo || f.contents
	if flags == 1 && !may {
		f.asked = append(f.asked, action)
	}
	return polkitResult{Authorized: may, Challenge: !may}, nil
}

func (f *fakePolkit) set(contents bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.contents = contents
}

// serve has it on a bus until the test ends.
func (f *fakePolkit) serve(t *testing.T, bus string) {
	t.Helper()
	conn, err := dbus.Connect(bus)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	const path, name = "/org/freedesktop/PolicyKit1/Authority", "org.freedesktop.PolicyKit1.Authority"
	// firewalld asks what types the arguments have.
	about := introspect.NewIntrospectable(&introspect.Node{Interfaces: []introspect.Interface{
		introspect.IntrospectData, {Name: name, Methods: introspect.Methods(f)},
	}})
	for of, v := range map[string]any{name: f, introspect.IntrospectData.Name: about} {
		if err := conn.Export(v, path, of); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.RequestName("org.freedesktop.PolicyKit1", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}

// TestRealFirewalld asks a firewalld, which answers root alone without polkit, and does what is proposed.
func TestRealFirewalld(t *testing.T) {
	netnstest.Require(t, "firewalld", "firewall-cmd", "dbus-daemon")
	t.Parallel()
	h := newHost(t, "/etc/firewalld")
	h.bus = netnstest.StartBus(t, h.Namespace)
	daemon := h.command("firewalld", "--nofork", "--nopid", "--log-file="+filepath.Join(h.dir, "log"))
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
	await.True(t, "firewalld answers", func() bool { return h.command("firewall-cmd", "--state").Run() == nil })

	f := h.want("in no zone", Firewalld, Blocks, NotInZone)
	if f.Zone != "public" {
		t.Errorf("by the zone %q", f.Zone)
	}
	h.want("for nobody", Firewalld, MayBlock, RulesHidden, asNobody)
	h.run("firewall-cmd", "--zone=home", "--add-interface=wlan0")
	f = h.want("in another zone", Firewalld, Blocks, NotInZone)
	h.run(f.Fix[0], f.Fix[1:]...)
	f = h.want("allowed", Firewalld, Allows, "")
	if f.Zone != "home" || f.Fix != nil {
		t.Errorf("%+v", f)
	}
	h.run("firewall-cmd", "--zone=home", `--add-rich-rule=rule family="ipv4" port port="8717" protocol="tcp" reject`)
	h.want("refused by a rule", Firewalld, Blocks, BlockRule)
	h.run("firewall-cmd", "--zone=trusted", "--add-source=192.168.7.0/24")
	h.want("trusted", Firewalld, Allows, "")

	var polkit fakePolkit
	polkit.serve(t, h.bus)
	f = h.want("for somebody who may not look into zones", Firewalld, MayBlock, RulesHidden, asNobody)
	if f.Zone != "trusted" || len(polkit.asked) > 0 {
		t.Errorf("%+v; the person was asked for %q", f, polkit.asked)
	}
	polkit.set(true)
	h.want("for somebody who may", Firewalld, Allows, "", asNobody)
}
