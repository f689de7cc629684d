package e2e

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"modelbeam/discovery/netnstest"
)

// TestNeighboursWithPublicAddresses has a phone come from every kind of address that a home may have,
// and from one that is in no network of the laptop's.
func TestNeighboursWithPublicAddresses(t *testing.T) {
	netnstest.Require(t)
	laptop, phone := &machine{ns: netnstest.New(t)}, &machine{ns: netnstest.New(t)}
	laptop.ns.Link("wlan0", "11.22.33.1/24", phone.ns, "wlan0", "11.22.33.2/24")
	for _, n := range []struct {
		m *machine
		i string
	}{{laptop, "1"}, {phone, "2"}} {
		n.m.ns.IP("addr", "add", "25.10.0."+n.i+"/8", "dev", "wlan0")
		n.m.ns.IP("addr", "add", "192.168.7."+n.i+"/24", "dev", "wlan0")
		n.m.ns.IP("-6", "addr", "add", "2001:db8:5::"+n.i+"/64", "dev", "wlan0", "nodad")
		n.m.ns.IP("-6", "addr", "add", "fd00:5::"+n.i+"/64", "dev", "wlan0", "nodad")
	}
	phone.ns.IP("addr", "add", "198.51.100.9/32", "dev", "wlan0")
	laptop.ns.IP("route", "add", "198.51.100.9/32", "dev", "wlan0")

	state := t.TempDir()
	b := start(t, "beam", laptop.command(beamCommand(t).Path, "--json", "--listen", ":8717", "--state", state, "--no-scan", "--no-mdns", "--demo", "on"))
	b.awaitEvent(t, "ready", "the gateway is open", anything)
	key := (&beam{process: b, state: state}).addDevice(t, "phone").Key
	for _, tt := range []struct {
		from, to string
		want     string
	}{
		{"11.22.33.2", "11.22.33.1", "200 OK"},
		{"25.10.0.2", "25.10.0.1", "200 OK"},
		{"192.168.7.2", "192.168.7.1", "200 OK"},
		{"2001:db8:5::2", "2001:db8:5::1", "200 OK"},
		{"fd00:5::2", "fd00:5::1", "200 OK"},
		{"198.51.100.9", "11.22.33.1", "403 Forbidden"},
	} {
		url := "http://" + net.JoinHostPort(tt.to, "8717") + "/v1/models"
		out, err := phone.ns.Self(t.Context(), "TestVisitor", "VISITOR_FROM="+tt.from, "VISITOR_URL="+url, "VISITOR_KEY="+key).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "answered "+tt.want) {
			t.Errorf("from %s to %s: %s, %v, want %s", tt.from, tt.to, out, err, tt.want)
		}
	}
}

// TestVisitor is the phone of the test above, in its namespace.
func TestVisitor(t *testing.T) {
	url := os.Getenv("VISITOR_URL")
	if url == "" {
		return // it is nothing by itself
	}
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(os.Getenv("VISITOR_FROM"))}}
	transport := &http.Transport{DialContext: dialer.DialContext}
	res, err := transport.RoundTrip(request(t, http.MethodGet, url, os.Getenv("VISITOR_KEY"), ""))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	fmt.Println("answered", res.Status)
}
