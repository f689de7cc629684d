package app

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"

	"modelbeam/discovery/lan"
	"modelbeam/discovery/mdns"
)

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
