package homelab

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Isolate makes the access point keep machines apart: they reach the router, and nobody else who is kept
// apart. The names are those of the router's ports.
func (h *Home) Isolate(ports ...string) {
	h.t.Helper()
	for _, port := range ports {
		h.Router.IP("link set " + port + " type bridge_slave isolated on")
	}
}

// KeepApart makes the access point pass on only what is for everybody: machines hear each other, and cannot
// talk to each other.
func (h *Home) KeepApart() {
	h.t.Helper()
	h.Router.Nft(`table bridge apart { chain between { type filter hook forward priority 0; ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 accept; drop; }; }`)
}

// The guests' network of a home.
const (
	GuestRouterAddress = "192.168.50.1"
	GuestAddress       = "192.168.50.30" // the phone's there
)

// Guests opens a Wi-Fi for guests: a network of its own, out of which one gets to the internet alone. The
// machines at these ports of the router are on it; the phone has an address there.
func (h *Home) Guests() {
	h.t.Helper()
	h.leave(h.Phone, "phone")
	h.Router.Bridge("guests", GuestRouterAddress+"/24", "phone")
	h.Router.Nft(`table ip guests { chain forward { type filter hook forward priority 0; iifname "guests" oifname != "wan" drop; iifname != "wan" oifname "guests" drop; }; chain in { type filter hook input priority 0; iifname "guests" ip daddr != ` + GuestRouterAddress + ` drop; }; }`)
	h.Phone.Join("wlan0", GuestAddress+"/24", GuestRouterAddress)
}

// leave takes a machine off the access point, with its address.
func (h *Home) leave(m *Machine, port string) {
	h.t.Helper()
	h.Router.IP("link set " + port + " nomaster")
	m.IP("addr flush dev wlan0 scope global")
}

// MobileData has the phone leave the Wi-Fi: it is on the internet, at home nobody sees it.
func (h *Home) MobileData() {
	h.t.Helper()
	h.leave(h.Phone, "phone")
	h.Phone.IP("link set wlan0 down")
	h.Lay(Cable{h.Phone, "cell0", h.Internet, "cell0"})
	h.Internet.IP("addr add 198.51.100.1/24 dev cell0")
	h.Internet.Forward()
	h.Phone.Join("cell0", "198.51.100.30/24", "198.51.100.1")
}

// Renumber gives a machine another address, as a router does that has forgotten the old one.
func (m *Machine) Renumber(from, to, gateway string) {
	m.t.Helper()
	m.IP("addr del "+from+"/24 dev wlan0", "addr add "+to+"/24 dev wlan0", "route replace default via "+gateway+" dev wlan0")
}

// Tunnel opens a VPN's interface, which has a cable but nobody who answers, until the test ends.
func (m *Machine) Tunnel(name, addr string) {
	m.t.Helper()
	var tun *os.File
	err := m.inside(func() (err error) {
		tun, err = openTunnel(name)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = tun.Close() })
	m.IP("addr add "+addr+" dev "+name, "link set "+name+" up")
}

// openTunnel makes an interface of packets (Documentation/networking/tuntap.rst of the kernel), which is
// there until the file is closed.
func openTunnel(name string) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open the device of tunnels: %w", err)
	}
	tun := os.NewFile(uintptr(fd), name)
	request, err := unix.NewIfreq(name)
	if err == nil {
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
	}
	if err != nil {
		_ = tun.Close()
		return nil, fmt.Errorf("make the interface %s: %w", name, err)
	}
	return tun, nil
}
