package e2e

import (
	"testing"

	"modelbeam/discovery/netnstest"
)

// TestWhereabouts starts in one kind of network after the other: a code that phones can use, or the
// reason why there is none.
func TestWhereabouts(t *testing.T) {
	netnstest.Require(t)
	for name, tt := range map[string]struct {
		lay func(laptop, other *netnstest.Namespace)
		url string // without the port; empty: there is none
		why string // the problem's title
	}{
		"Wi-Fi beside a bridge of virtual machines": {
			lay: func(laptop, other *netnstest.Namespace) {
				laptop.Link("wlan0", "192.168.7.20/24", other, "wlan0", "192.168.7.30/24")
				bridge(laptop, other, "incusbr0", "10.5.5.1/24")
			},
			url: "http://192.168.7.20",
		},
		"offline beside Docker": {
			lay: func(laptop, other *netnstest.Namespace) { bridge(laptop, other, "docker0", "172.17.0.1/16") },
			why: "No network found.",
		},
		"offline beside virtual machines": {
			lay: func(laptop, other *netnstest.Namespace) { bridge(laptop, other, "mpqemubr0", "10.6.6.1/24") },
			why: "No network found.",
		},
		"a VPN of any name has the traffic": {
			lay: func(laptop, other *netnstest.Namespace) {
				laptop.Link("wlan0", "192.168.7.20/24", other, "wlan0", "192.168.7.30/24")
				tap(laptop, "edge0", "10.9.0.2/24")
				laptop.IP("route", "add", "default", "via", "10.9.0.1", "dev", "edge0")
			},
			url: "http://192.168.7.20",
		},
		"the cable is out": {
			lay: func(laptop, other *netnstest.Namespace) {
				laptop.Link("eth0", "10.10.0.5/24", other, "eth0", "10.10.0.1/24")
				laptop.IP("route", "add", "default", "via", "10.10.0.1", "dev", "eth0")
				laptop.Link("wlan0", "192.168.7.20/24", other, "wlan0", "192.168.7.30/24")
				other.IP("link", "set", "eth0", "down")
			},
			url: "http://192.168.7.20",
		},
		"no router answered": {
			lay: func(laptop, other *netnstest.Namespace) {
				laptop.Link("wlan0", "169.254.10.1/16", other, "wlan0", "169.254.10.2/16")
			},
			why: "This computer got no address from the network.",
		},
		"a container": {
			lay: func(laptop, other *netnstest.Namespace) {
				laptop.Link("eth0", "172.17.0.5/16", other, "eth0", "172.17.0.1/16")
				laptop.IP("route", "add", "default", "via", "172.17.0.1")
			},
			why: "Phones cannot reach this container.",
		},
		"IPv6 alone": {
			lay: func(laptop, other *netnstest.Namespace) {
				laptop.IP("link", "add", "wlan0", "type", "veth", "peer", "name", "wlan0", "netns", other.Name)
				other.IP("link", "set", "wlan0", "up")
				laptop.IP("link", "set", "wlan0", "up")
				laptop.IP("addr", "add", "2001:db8::20/64", "dev", "wlan0", "nodad")
			},
			why: "This network has no IPv4.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			laptop, other := netnstest.New(t), netnstest.New(t)
			tt.lay(laptop, other)
			m := &machine{ns: laptop}
			b := &beam{process: start(t, "beam", m.command(beamCommand(t).Path, "--json", "--state", t.TempDir(), "--no-scan", "--demo", "on", "--no-mdns", "--listen", "0.0.0.0:8717"))}
			want := "there is a code for " + tt.url
			if tt.url == "" {
				want = "it says " + tt.why
			}
			// Not the first State: the kernel takes its time to notice that a cable is out.
			b.awaitEvent(t, "state", want, func(e event) bool {
				if tt.url == "" {
					return e.Phase == "offline" && e.Problem != nil && e.Problem.Title == tt.why
				}
				return e.Phase == "sharing" && len(e.URLs) > 0 && e.URLs[0] == tt.url+":8717" && e.Problem == nil
			})
		})
	}
}

// bridge is one of those that software makes, with something at its other end.
func bridge(laptop, other *netnstest.Namespace, name, addr string) {
	laptop.IP("link", "add", "vethx", "type", "veth", "peer", "name", "inside", "netns", other.Name)
	laptop.IP("link", "set", "vethx", "up")
	other.IP("link", "set", "inside", "up")
	laptop.Bridge(name, addr, "vethx")
}

// tap is a VPN's interface.
func tap(laptop *netnstest.Namespace, name, addr string) {
	laptop.IP("tuntap", "add", "dev", name, "mode", "tap")
	laptop.IP("addr", "add", addr, "dev", name)
	laptop.IP("link", "set", name, "up")
}
