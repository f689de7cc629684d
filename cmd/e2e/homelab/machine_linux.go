package homelab

import (
	"context"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"modelbeam/cmd/e2e/await"
)

// Machine is a computer, a phone or a router: a network namespace. Those of its methods that have no error
// end the test when something cannot be done; like t.Fatal they belong in the test's goroutine.
type Machine struct {
	Name string // as ip-netns(8) knows it

	t     testing.TB
	ns    *os.File     // the namespace
	using sync.RWMutex // held by who is inside, so that nobody closes ns meanwhile
	binds []string     // what programs on the machine see in place of this machine's, as "there here"
	env   []string     // what they have in their environment
	bus   string       // the address of its message bus
}

// enter opens the namespace, and switches its loopback interface on.
func (m *Machine) enter() {
	m.t.Helper()
	ns, err := os.Open("/run/netns/" + m.Name)
	if err != nil {
		m.t.Fatal(err)
	}
	m.ns = ns
	m.t.Cleanup(func() {
		m.using.Lock() // what dials in the background has been told to end, by the test's context
		defer m.using.Unlock()
		_ = ns.Close()
	})
	m.IP("link set lo up")
}

// IP runs lines of ip(8) on the machine, all of them in one process.
func (m *Machine) IP(lines ...string) {
	m.t.Helper()
	ip(m.t, m.Name, lines...)
}

// Nft adds rules in the language of nft(8).
func (m *Machine) Nft(rules string) {
	m.t.Helper()
	cmd := m.Command(m.t.Context(), "nft", "-f", "-")
	cmd.Stdin = strings.NewReader(rules)
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("nft on %s: %v\n%s", m.Name, err, out)
	}
}

// Join gives an interface its address, with the prefix length, and the machine its way out, if it has one.
func (m *Machine) Join(name, addr, gateway string) {
	m.t.Helper()
	lines := []string{"addr add " + addr + " dev " + name, "link set " + name + " up"}
	if gateway != "" {
		lines = append(lines, "route add default via "+gateway+" dev "+name)
	}
	m.IP(lines...)
}

// Bridge joins interfaces of the machine to one network, on which it has an address of its own: it is a
// switch or an access point. Returns when all of them pass on what they get.
func (m *Machine) Bridge(name, addr string, ports ...string) {
	m.t.Helper()
	// A port that is alive before it becomes one forwards at once. One that is not waits for a part of the
	// kernel that looks once a second (linkwatch_schedule_work in net/core/link_watch.c).
	await.True(m.t, "the cables of "+m.Name+" carry", func() bool { return m.up(ports...) })
	// Without snooping multicast goes everywhere, as it does at home.
	lines := []string{"link add name " + name + " type bridge mcast_snooping 0"}
	for _, port := range ports {
		lines = append(lines, "link set "+port+" master "+name)
	}
	m.IP(append(lines, "addr add "+addr+" dev "+name, "link set "+name+" up")...)
	m.AwaitLinks(ports...)
}

// AwaitLinks waits until interfaces carry what is sent and, in a bridge, pass on what they get.
func (m *Machine) AwaitLinks(names ...string) {
	m.t.Helper()
	await.True(m.t, strings.Join(names, " and ")+" of "+m.Name+" carry", func() bool { return m.up(names...) })
}

func (m *Machine) up(names ...string) bool {
	out, err := exec.Command("ip", "-n", m.Name, "-d", "-o", "link", "show", "up").Output()
	if err != nil {
		return false
	}
	carrying := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		name, _, _ := strings.Cut(strings.TrimSuffix(fields[1], ":"), "@")
		inBridge := strings.Contains(line, "bridge_slave")
		carrying[name] = strings.Contains(line, " state UP ") && (!inBridge || strings.Contains(line, "bridge_slave state forwarding"))
	}
	for _, name := range names {
		if !carrying[name] {
			return false
		}
	}
	return true
}

// Forward makes the machine pass on what is not for itself.
func (m *Machine) Forward() {
	m.t.Helper()
	m.Set("net/ipv4/ip_forward", "1")
}

// Set changes a setting of the machine's kernel, as sysctl(8) does.
func (m *Machine) Set(name, value string) {
	m.t.Helper()
	if err := m.inside(func() error { return os.WriteFile("/proc/sys/"+name, []byte(value), 0) }); err != nil {
		m.t.Fatal(err)
	}
}

// Dial opens a connection from the machine to an address in numbers: nobody resolves names there.
func (m *Machine) Dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// A request that is given up goes on dialling: another one may have use for the connection.
	defer context.AfterFunc(m.t.Context(), cancel)()
	err = m.inside(func() error {
		conn, err = new(net.Dialer).DialContext(ctx, network, address)
		return err
	})
	return conn, err
}

// Listen opens a TCP port of the machine until the test ends.
func (m *Machine) Listen(address string) net.Listener {
	m.t.Helper()
	var listener net.Listener
	err := m.inside(func() (err error) {
		listener, err = new(net.ListenConfig).Listen(m.t.Context(), "tcp", address)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// inside runs f on a thread that is in the namespace: the sockets that f opens are of that network for
// ever, whoever uses them. f must not leave its goroutine for that.
func (m *Machine) inside(f func() error) error {
	result := make(chan error, 1)
	go func() {
		m.using.RLock()
		defer m.using.RUnlock()
		runtime.LockOSThread()
		home, err := os.Open("/proc/thread-self/ns/net")
		if err != nil {
			result <- err
			return
		}
		defer func() { _ = home.Close() }()
		if err = unix.Setns(int(m.ns.Fd()), unix.CLONE_NEWNET); err == nil {
			err = f()
		}
		// The thread goes back to where the others are. If it cannot, it ends with this goroutine, being locked to it.
		if unix.Setns(int(home.Fd()), unix.CLONE_NEWNET) == nil {
			runtime.UnlockOSThread()
		}
		result <- err
	}()
	return <-result
}
