package homelab

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// The addresses of a home as it is built.
const (
	RouterAddress   = "192.168.7.1"
	LaptopAddress   = "192.168.7.20"
	PhoneAddress    = "192.168.7.30"
	TabletAddress   = "192.168.7.31"
	TVAddress       = "192.168.7.40"
	InternetAddress = "203.0.113.1"
)

// Home is a home network. Everybody in it has the interface wlan0 and a cable to the router's bridge, which is
// the access point. The router hides the home behind its own address, as they do.
type Home struct {
	Router, Laptop, Phone, Tablet, TV, Internet *Machine

	t    testing.TB
	name string // what the names of this home's namespaces begin with
}

// homes makes names unique inside this process; the process ID does it between processes. cables numbers
// interfaces, far above what the kernel gives them.
var homes, cables atomic.Int64

func init() { cables.Store(1000) }

// Require skips the test, saying why, where it cannot have a home: without root, or without one of the
// programs. With CI=true in the environment the test fails instead, so that nobody mistakes a machine where
// nothing ran for one where everything passed.
func Require(t testing.TB, programs ...string) {
	t.Helper()
	giveUp := t.Skipf
	if os.Getenv("CI") == "true" {
		giveUp = t.Fatalf
	}
	if os.Geteuid() != 0 {
		giveUp("a home of network namespaces needs root")
	}
	for _, program := range append([]string{"ip", "nft", "setpriv"}, programs...) {
		if _, err := exec.LookPath(program); err != nil {
			giveUp("this home needs %s: %v; make setup installs it", program, err)
		}
	}
}

// New builds a home. It is torn down when the test ends.
func New(t testing.TB) *Home {
	t.Helper()
	h := &Home{t: t, name: fmt.Sprintf("home-%d-%d", os.Getpid(), homes.Add(1))}
	all := h.machines("router", "laptop", "phone", "tablet", "tv", "internet")
	h.Router, h.Laptop, h.Phone, h.Tablet, h.TV, h.Internet = all[0], all[1], all[2], all[3], all[4], all[5]
	h.Lay([]Cable{
		{h.Laptop, "wlan0", h.Router, "laptop"},
		{h.Phone, "wlan0", h.Router, "phone"},
		{h.Tablet, "wlan0", h.Router, "tablet"},
		{h.TV, "wlan0", h.Router, "tv"},
		{h.Internet, "eth0", h.Router, "wan"},
	}...)
	for m, addr := range map[*Machine]string{h.Laptop: LaptopAddress, h.Phone: PhoneAddress, h.Tablet: TabletAddress, h.TV: TVAddress} {
		m.Join("wlan0", addr+"/24", RouterAddress)
	}
	h.Internet.IP("addr add " + InternetAddress + "/24 dev eth0")
	h.Router.IP("addr add 203.0.113.2/24 dev wan", "route add default via "+InternetAddress)
	h.Router.Bridge("br0", RouterAddress+"/24", "laptop", "phone", "tablet", "tv")
	h.Router.Forward()
	h.Router.Nft(`table ip home { chain out { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }; }`)
	return h
}

// machines makes namespaces. They are removed, and with them all cables, when the test ends.
func (h *Home) machines(names ...string) []*Machine {
	h.t.Helper()
	var all []*Machine
	var add, del []string
	for _, name := range names {
		m := &Machine{Name: h.name + "-" + name, t: h.t}
		all = append(all, m)
		add, del = append(add, "netns add "+m.Name), append(del, "netns del "+m.Name)
	}
	ip(h.t, "", add...)
	h.t.Cleanup(func() { ip(h.t, "", del...) })
	for _, m := range all {
		m.enter()
	}
	return all
}

// Machine makes one more machine, without any cable.
func (h *Home) Machine(name string) *Machine {
	h.t.Helper()
	return h.machines(name)[0]
}

// Cable joins an interface of one machine with one of another.
type Cable struct {
	From     *Machine
	FromName string
	To       *Machine
	ToName   string
}

// Lay lays cables, and plugs in both ends of each.
func (h *Home) Lay(all ...Cable) {
	h.t.Helper()
	var add []string
	ends := map[*Machine][]string{}
	for _, c := range all {
		// Both ends are born inside their namespaces, so that they never clash with an interface of this machine.
		// Ends with the same number have to wait for up to a second until they carry (linkwatch_urgent_event in
		// net/core/link_watch.c takes them for no cable), so each gets one that its peer does not have.
		add = append(add, fmt.Sprintf("link add name %s index %d netns %s type veth peer name %s netns %s",
			c.FromName, cables.Add(1), c.From.Name, c.ToName, c.To.Name))
		ends[c.From] = append(ends[c.From], "link set "+c.FromName+" up")
		ends[c.To] = append(ends[c.To], "link set "+c.ToName+" up")
	}
	ip(h.t, "", add...)
	for m, up := range ends {
		m.IP(up...)
	}
}

// ip runs lines of ip(8) inside a namespace, or outside of all.
func ip(t testing.TB, namespace string, lines ...string) {
	t.Helper()
	args := []string{"-batch", "-"}
	if namespace != "" {
		args = append([]string{"-n", namespace}, args...)
	}
	cmd := exec.Command("ip", args...)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v\n%s", strings.Join(lines, "; "), err, out)
	}
}
