package app

import (
	"context"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"modelbeam/discovery/lan"
)

// watchNetwork follows the addresses of this machine until ctx ends.
func (c *Controller) watchNetwork(ctx context.Context) {
	lan.Watch(ctx, c.log, func(candidates []lan.Candidate) {
		c.change(func() { c.setNetwork(worthShowing(candidates)) })
		nudge(c.announce)
		c.checkMoved()
		c.mu.Lock()
		lost := len(c.addresses()) == 0
		c.mu.Unlock()
		if lost {
			c.problem(kindOffline, offline())
		} else {
			c.problem(kindOffline, nil)
		}
	})
}

// sharedSpace is 100.64.0.0/10 (RFC 6598), where Tailscale has its addresses.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// worthShowing leaves out what phones can hardly reach, such as Docker's networks, where there
// is anything better. A phone may well be in the same Tailscale network.
func worthShowing(candidates []lan.Candidate) []lan.Candidate {
	good := slices.DeleteFunc(slices.Clone(candidates), func(n lan.Candidate) bool { return n.Score < 0 && !sharedSpace.Contains(n.Addr) })
	if len(good) == 0 {
		return candidates
	}
	return good
}

// UseAddress puts the address ip of this machine into the QR code; empty means the best one.
func (c *Controller) UseAddress(ip string) {
	c.later(func() {
		c.remember(func(s *settings) { s.Address = ip })
		c.watchers.wake()
		nudge(c.announce)
	})
}

// addresses are those that phones could reach, best first. The caller holds c.mu.
func (c *Controller) addresses() []Address {
	var out []Address
	if ip, ok := c.boundTo(); ok {
		out = append(out, Address{IP: ip.String()})
	} else {
		for _, n := range c.network {
			out = append(out, Address{IP: n.Addr.String(), Interface: n.Interface})
		}
	}
	if len(out) == 0 {
		return nil
	}
	chosen := slices.IndexFunc(out, func(a Address) bool { return a.IP == c.settings.Address })
	out[max(chosen, 0)].Chosen = true
	return out
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
		if a.Chosen && c.opts.Advertise == "" {
			out = slices.Insert(out, 0, u)
			continue
		}
		out = append(out, u)
	}
	return slices.Compact(out)
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
