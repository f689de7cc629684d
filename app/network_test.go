package app

import (
	"net/netip"
	"slices"
	"testing"

	"modelbeam/app/settings"
	"modelbeam/discovery/lan"
)

func on(ifc, prefix string) lan.Candidate {
	p := netip.MustParsePrefix(prefix)
	return lan.Candidate{Addr: p.Addr(), Prefix: p, Interface: ifc}
}

// TestChoiceIsOfTheInterface: what the person chose is found again under another address.
func TestChoiceIsOfTheInterface(t *testing.T) {
	chosen := chosenFrom(on("wlan0", "192.168.7.20/24"))
	wire := on("eth0", "10.10.0.5/24")
	for _, tt := range []struct {
		name    string
		choice  settings.Choice
		network []lan.Candidate
		want    int
	}{
		{"the address", chosen, []lan.Candidate{wire, on("wlan0", "192.168.7.20/24")}, 1},
		{"renumbered", chosen, []lan.Candidate{wire, on("wlan0", "192.168.7.77/24")}, 1},
		{"two on it", chosen, []lan.Candidate{on("wlan0", "10.0.0.9/24"), on("wlan0", "192.168.7.77/24")}, 1},
		{"another network by the same interface", chosen, []lan.Candidate{wire, on("wlan0", "192.168.178.31/24")}, 1},
		{"its interface is gone", chosen, []lan.Candidate{wire}, -1},
		{"an address alone", settings.Choice{Address: "10.10.0.5"}, []lan.Candidate{on("wlan0", "192.168.7.20/24"), wire}, 1},
		{"nothing chosen", settings.Choice{}, []lan.Candidate{wire}, -1},
		{"nothing there", chosen, nil, -1},
	} {
		if got := chosenOf(tt.network, tt.choice); got != tt.want {
			t.Errorf("%s: candidate %d, want %d", tt.name, got, tt.want)
		}
	}
}

// TestChoiceIsLearned: settings that hold an address alone, as they once did, learn its interface.
func TestChoiceIsLearned(t *testing.T) {
	c := newIdle(t)
	c.settings.Change(func(s *settings.Settings) { s.Address = "192.168.7.20" })
	look := func(network ...lan.Candidate) {
		c.change(func() { c.setNetwork(lan.Survey{Candidates: network}) })
		c.learnChoice()
	}
	wire := on("eth0", "10.10.0.5/24")
	look(wire, on("wlan0", "192.168.7.20/24"))
	look(wire)
	look(wire, on("wlan0", "192.168.7.77/24"))
	if got := c.addresses(); len(got) != 2 || !got[1].Chosen || c.settings.Get().Address != "192.168.7.77" {
		t.Errorf("the addresses are %+v, remembered is %+v", got, c.settings.Get().Choice)
	}
}

// TestURLsWithoutDoubles advertises an address that is found too.
func TestURLsWithoutDoubles(t *testing.T) {
	c := newIdle(t)
	c.listen, c.opts.Advertise = "[::]:8717", "192.168.7.20"
	c.setNetwork(lan.Survey{Candidates: []lan.Candidate{on("eth0", "10.10.0.5/24"), on("wlan0", "192.168.7.20/24")}})
	if got, want := c.urls(), []string{"http://192.168.7.20:8717", "http://10.10.0.5:8717"}; !slices.Equal(got, want) {
		t.Errorf("urls %q, want %q", got, want)
	}
	c.opts.NoMDNS = false
	if got := c.service().Interface; got != "wlan0" {
		t.Errorf("announced on %q, want the interface of the address in the code", got)
	}
}

// TestAddressIsGone listens on one address that this machine does not have.
func TestAddressIsGone(t *testing.T) {
	c := newIdle(t)
	c.listen = "192.0.2.77:8717"
	c.change(func() { c.setNetwork(lan.Survey{Candidates: []lan.Candidate{on("wlan0", "192.168.7.77/24")}}) })
	c.tellNetwork()
	s := c.State()
	if s.Phase != Offline || s.Problem == nil || s.Problem.Kind != kindAddressGone || s.Problem.Params["New"] != "192.168.7.77" {
		t.Errorf("phase %s, told %+v", s.Phase, s.Problem)
	}
	c.change(func() {
		c.listen = "127.0.0.1:8717"
		c.checkBound()
	})
	c.tellNetwork()
	if s := c.State(); s.Problem != nil {
		t.Errorf("back again, and told %+v", s.Problem)
	}
}

func TestWhyOffline(t *testing.T) {
	said := make(map[string]lan.Reason)
	for why := lan.NoNetwork; why <= lan.InWSL; why++ {
		p := offline(why)
		if other, twice := said[p.Title]; twice || p.Kind != kindOffline || p.Advice == "" {
			t.Errorf("reason %d is told as %+v, as is %d", why, p, other)
		}
		said[p.Title] = why
	}
}
