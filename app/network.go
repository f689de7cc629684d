package app

import (
	"context"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"modelbeam/app/settings"
	"modelbeam/discovery/lan"
)

// watchNetwork follows the addresses of this machine until ctx ends.
func (c *Controller) watchNetwork(ctx context.Context) {
	lan.Watch(ctx, c.log, func(s lan.Survey) {
		c.change(func() { c.setNetwork(s) })
		c.learnChoice()
		nudge(c.announce)
		c.checkMoved()
		c.tellNetwork()
	})
}

// tellNetwork tells the person why no phone can reach us, if none can.
func (c *Controller) tellNetwork() {
	c.mu.Lock()
	reached, missing, gone := len(c.addresses()) > 0 || c.opts.Advertise != "", c.missing, c.addressGone()
	now := ""
	if len(c.network) > 0 {
		now = c.network[0].Addr.String()
	}
	c.mu.Unlock()
	var none, lost *Problem
	switch {
	case gone != "":
		lost = addressGone(gone, now)
	case !reached && missing != lan.NoReason:
		none = offline(missing)
	}
	c.problem(kindAddressGone, lost)
	c.problem(kindOffline, none)
}

// UseAddress puts the address ip of this machine into the QR code; empty means the best one. The choice
// is of the interface and its network: it holds when the router gives us another address there.
func (c *Controller) UseAddress(ip string) {
	c.mu.Lock()
	picked := settings.Choice{Address: ip}
	if i := slices.IndexFunc(c.network, func(n lan.Candidate) bool { return n.Addr.String() == ip }); i >= 0 {
		picked = chosenFrom(c.network[i])
	}
	c.mu.Unlock()
	c.settings.Change(func(s *settings.Settings) { s.Choice = picked })
	c.watchers.wake()
	nudge(c.announce)
}

func chosenFrom(n lan.Candidate) settings.Choice {
	return settings.Choice{Address: n.Addr.String(), Interface: n.Interface, Network: n.Prefix.Masked().String()}
}

// chosenOf returns which candidate was chosen: the address itself, else another one in its network by its
// interface, else any by that interface; -1 when there is none of these.
func chosenOf(network []lan.Candidate, w settings.Choice) int {
	for _, same := range []func(lan.Candidate) bool{
		func(n lan.Candidate) bool { return n.Addr.String() == w.Address },
		func(n lan.Candidate) bool {
			return n.Interface == w.Interface && n.Prefix.Masked().String() == w.Network
		},
		func(n lan.Candidate) bool { return n.Interface == w.Interface },
	} {
		if i := slices.IndexFunc(network, same); i >= 0 {
			return i
		}
	}
	return -1
}

// learnChoice keeps what was chosen up to date, so that it is found again: where an address was
// remembered alone, and where it has changed.
func (c *Controller) learnChoice() {
	c.mu.Lock()
	now, learned := c.settings.Get().Choice, settings.Choice{}
	if i := chosenOf(c.network, now); now.Address != "" && i >= 0 {
		learned = chosenFrom(c.network[i])
	}
	c.mu.Unlock()
	if learned != (settings.Choice{}) && learned != now {
		c.settings.Change(func(s *settings.Settings) { s.Choice = learned })
	}
}

// addresses are those that phones could reach, best first. The caller holds c.mu.
func (c *Controller) addresses() []Address {
	var out []Address
	if ip, ok := c.boundTo(); ok {
		if c.addressGone() == "" {
			out = append(out, Address{IP: ip.String(), Interface: c.interfaceOf(ip), Chosen: true})
		}
		return out
	}
	for _, n := range c.network {
		out = append(out, Address{IP: n.Addr.String(), Interface: n.Interface})
	}
	if len(out) > 0 {
		out[max(chosenOf(c.network, c.settings.Get().Choice), 0)].Chosen = true
	}
	return out
}

// interfaceOf is the interface that has the address, as far as it is one for phones. The caller
// holds c.mu.
func (c *Controller) interfaceOf(ip netip.Addr) string {
	for _, n := range c.network {
		if n.Addr == ip {
			return n.Interface
		}
	}
	return ""
}

// addressGone is the one address that the gateway listens on, when this machine has it no more; else
// it is empty. The caller holds c.mu.
func (c *Controller) addressGone() string {
	if ip, ok := c.boundTo(); ok && c.surveyed && !c.bound {
		return ip.String()
	}
	return ""
}

// boundTo is the one address that the gateway listens on, unless it listens on all.
func (c *Controller) boundTo() (netip.Addr, bool) {
	bound, err := netip.ParseAddrPort(c.listen)
	if err != nil || bound.Addr().IsUnspecified() {
		return netip.Addr{}, false
	}
	return bound.Addr().Unmap(), true
}

// urls are the addresses of the connect page, the one for the QR code first. The caller
// holds c.mu.
func (c *Controller) urls() []string {
	if c.listen == "" {
		return nil
	}
	_, port, _ := net.SplitHostPort(c.listen) // a bound address always has a port
	var out []string
	if c.opts.Advertise != "" {
		out = append(out, "http://"+withPort(c.opts.Advertise, port))
	}
	for _, a := range c.addresses() {
		u := "http://" + net.JoinHostPort(a.IP, port)
		switch {
		case slices.Contains(out, u):
		case a.Chosen && c.opts.Advertise == "":
			out = slices.Insert(out, 0, u)
		default:
			out = append(out, u)
		}
	}
	return out
}

// withPort completes an advertised address, which may bring a port of its own: of a router
// that forwards to us, say.
func withPort(host, port string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), port)
}

// hostNames are this machine's names, besides the address that a connection comes in on: our
// own, the computer's, and the one that the command line advertises.
func hostNames(o Options, id string) []string {
	names := []string{hostName(id) + ".local"}
	if name, err := os.Hostname(); err == nil && name != "" {
		bare, _, _ := strings.Cut(name, ".")
		names = append(names, name, bare, bare+".local")
	}
	if o.Advertise != "" {
		names = append(names, hostOnly(o.Advertise))
	}
	return names
}

func hostOnly(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return strings.Trim(host, "[]")
}
