package homelab

import (
	"fmt"
	"io"
	"net/http"
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

// SecondRouter puts the phone behind a router of its own, which hides it once more: at home it has the
// address SecondAddress.
func (h *Home) SecondRouter() {
	h.t.Helper()
	second := h.Machine("second")
	h.leave(h.Phone, "phone")
	h.Phone.IP("link set wlan0 down")
	h.Lay(Cable{second, "wan", h.Router, "second"}, Cable{h.Phone, "wlan1", second, "lan"})
	h.Plug("second")
	h.behind(second, h.Phone)
}

// SecondAddress is what the second router has on the home network.
const SecondAddress = "192.168.7.9"

// Plug puts a port of the router's, at which a cable is, into the home network.
func (h *Home) Plug(port string) {
	h.t.Helper()
	h.Router.AwaitLinks(port)
	h.Router.IP("link set " + port + " master br0")
	h.Router.AwaitLinks(port)
}

// SecondLaptopAddress is what the second laptop has.
const SecondLaptopAddress = "192.168.7.21"

// SecondLaptop is one more laptop on the home network.
func (h *Home) SecondLaptop() *Machine {
	h.t.Helper()
	m := h.Machine("laptop2")
	h.Lay(Cable{m, "wlan0", h.Router, "laptop2"})
	h.Plug("laptop2")
	m.Join("wlan0", SecondLaptopAddress+"/24", RouterAddress)
	return m
}

// LaptopBehindSecondRouter is SecondRouter for the laptop, which has the address BehindAddress there. Nobody
// at home reaches it.
func (h *Home) LaptopBehindSecondRouter() {
	h.t.Helper()
	second := h.Machine("second")
	h.leave(h.Laptop, "laptop")
	h.Laptop.IP("link set wlan0 down")
	h.Lay(Cable{second, "wan", h.Router, "second"}, Cable{h.Laptop, "wlan1", second, "lan"})
	h.Plug("second")
	h.behind(second, h.Laptop)
}

// BehindAddress is what the machine behind the second router has.
const BehindAddress = "192.168.60.30"

// behind makes second a router, with m behind it.
func (h *Home) behind(second, m *Machine) {
	h.t.Helper()
	second.Join("wan", SecondAddress+"/24", RouterAddress)
	second.Join("lan", "192.168.60.1/24", "")
	second.Forward()
	second.Nft(`table ip second { chain out { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }; }`)
	m.Join("wlan1", BehindAddress+"/24", "192.168.60.1")
}

// Portal makes the access point keep the phone apart until it has signed in: the router answers in everybody's place.
func (h *Home) Portal() {
	h.t.Helper()
	h.Isolate("phone", "laptop", "tablet", "tv")
	h.Router.Set("net/ipv4/conf/br0/proxy_arp_pvlan", "1")
	h.Router.Nft(`table ip portal { chain in { type nat hook prerouting priority dstnat; ip saddr ` + PhoneAddress + ` meta l4proto tcp redirect to :8080; }; }`)
	portal := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "Please sign in")
	})}
	listener := h.Router.Listen(":8080")
	h.t.Cleanup(func() { _ = portal.Close() })
	go func() { _ = portal.Serve(listener) }()
}

// Cabled puts the laptop on a second network too, by a cable, and makes that its way out. Nobody on the Wi-Fi
// reaches it there. It has the address CableAddress.
func (h *Home) Cabled() {
	h.t.Helper()
	office := h.Machine("office")
	h.Lay(Cable{h.Laptop, "eth0", office, "eth0"})
	office.Join("eth0", "10.10.0.1/24", "")
	h.Laptop.IP("addr add "+CableAddress+"/24 dev eth0", "route del default",
		"route add default via 10.10.0.1 dev eth0 metric 100", "route add default via "+RouterAddress+" dev wlan0 metric 600")
	h.Laptop.AwaitLinks("eth0")
}

// CableAddress is what the laptop has on its second network.
const CableAddress = "10.10.0.5"

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
