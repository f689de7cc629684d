package app

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"modelbeam/discovery/lan"
	"modelbeam/discovery/mdns"
)

// watchNetwork follows the addresses of this machine until ctx ends.
func (c *Controller) watchNetwork(ctx context.Context) {
	lan.Watch(ctx, c.log, func(candidates []lan.Candidate) {
		c.change(func() { c.network, c.surveyed = worthShowing(candidates), true })
		nudge(c.announce)
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

// hostName is our mDNS host, one of our own: the computer's may be taken already, and whoever
// announces a name that is taken makes the other one change its name.
func hostName(id string) string { return "modelbeam-" + id[:4] }

// keepAnnounced announces the gateway on the network while phones can use it, and again when
// the address changes, until ctx ends.
func (c *Controller) keepAnnounced(ctx context.Context) {
	if c.opts.NoMDNS {
		return
	}
	var now mdns.Service
	stop := func() {}
	defer func() { stop() }()
	for wait(ctx.Done(), c.announce) {
		next := c.service()
		if equal(now, next) {
			continue
		}
		stop()
		now, stop = next, func() {}
		if now.Port != 0 {
			stop = c.announceInBackground(ctx, now)
		}
	}
}

func (c *Controller) announceInBackground(ctx context.Context, s mdns.Service) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := inBackground(func(<-chan struct{}) {
		if err := mdns.Announce(ctx, s, c.log); err != nil && ctx.Err() == nil {
			// The QR code holds an address: everything works without the announcement.
			c.log.Warn("The network was not told that we are here", "err", err)
		}
	})
	return func() {
		cancel()
		ended()
	}
}

// service is what to announce; its Port is 0 when there is nothing. Loopback is no network.
func (c *Controller) service() mdns.Service {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.network, func(n lan.Candidate) bool {
		return slices.ContainsFunc(c.addresses(), func(a Address) bool { return a.Chosen && a.IP == n.Addr.String() })
	})
	if c.listen == "" || c.paused || i < 0 {
		return mdns.Service{}
	}
	_, port, _ := net.SplitHostPort(c.listen)
	number, _ := strconv.Atoi(port) // of a bound address
	return mdns.Service{
		Instance:  fmt.Sprintf("Modelbeam on %s", c.settings.displayName()),
		Host:      hostName(c.id),
		Port:      number,
		Addr:      c.network[i].Addr,
		Interface: c.network[i].Interface,
		Text:      []string{"txtvers=1", "path=/", "api=openai", "base=/v1", "auth=bearer", "id=" + c.id},
	}
}

func equal(a, b mdns.Service) bool {
	return a.Instance == b.Instance && a.Port == b.Port && a.Addr == b.Addr && a.Interface == b.Interface
}
