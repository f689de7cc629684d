package app

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

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
	var now announcement
	stop := func() {}
	defer func() { stop() }()
	for wait(ctx.Done(), c.announce) {
		next := c.service()
		if now.equal(next) {
			continue
		}
		stop()
		now, stop = next, func() {}
		if now.Port != 0 {
			stop = c.announceInBackground(ctx, now.Service)
		}
	}
}

func (c *Controller) announceInBackground(ctx context.Context, s mdns.Service) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := inBackground(func(<-chan struct{}) { c.announceUntil(ctx, s) })
	return func() {
		cancel()
		ended()
	}
}

// announceAgain is how long to wait before an announcement that failed is tried again: another
// program may hold the port, or the interface not be able to do multicast yet.
const announceAgain = 5 * time.Second

// announceUntil announces s until ctx ends, also when that is not possible at first.
func (c *Controller) announceUntil(ctx context.Context, s mdns.Service) {
	told := false
	for {
		err := mdns.Announce(ctx, s, c.log)
		if err == nil || ctx.Err() != nil {
			return
		}
		if !told {
			// The QR code holds an address: everything works without the announcement.
			c.log.Warn("The network was not told that we are here; this is tried again", "err", err, "every", announceAgain)
			told = true
		}
		if !sleep(ctx.Done(), announceAgain) {
			return
		}
	}
}

// service is what to announce, on the interface of the address in the QR code; its Port is 0 when
// there is nothing. Loopback is no network.
func (c *Controller) service() announcement {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.network, func(n lan.Candidate) bool { return n.Addr.String() == c.inCode() })
	if c.listen == "" || c.paused || i < 0 {
		return announcement{}
	}
	_, port, _ := net.SplitHostPort(c.listen)
	number, _ := strconv.Atoi(port) // of a bound address
	return announcement{index: c.network[i].Index, Service: mdns.Service{
		Instance:  fmt.Sprintf("Modelbeam on %s", displayName(c.settings.Get())),
		Host:      hostName(c.id),
		Port:      number,
		Addr:      c.network[i].Addr,
		Interface: c.network[i].Interface,
		Text:      []string{"txtvers=1", "path=/", "api=openai", "base=/v1", "auth=bearer", "id=" + c.id},
	}}
}

// inCode is the address in the QR code: the advertised one where that is one of ours, else the chosen
// one. The caller holds c.mu.
func (c *Controller) inCode() string {
	if ip := hostOnly(c.opts.Advertise); c.opts.Advertise != "" && slices.ContainsFunc(c.network, func(n lan.Candidate) bool { return n.Addr.String() == ip }) {
		return ip
	}
	for _, a := range c.addresses() {
		if a.Chosen {
			return a.IP
		}
	}
	return ""
}

// announcement is a wish to be announced.
type announcement struct {
	mdns.Service
	index int // of the interface: one that was taken away and came again has lost what was said on it
}

func (a announcement) equal(b announcement) bool {
	return a.Instance == b.Instance && a.Port == b.Port && a.Addr == b.Addr && a.Interface == b.Interface && a.index == b.index
}
