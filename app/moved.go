package app

import (
	"net/netip"
	"slices"

	"modelbeam/app/devices"
	"modelbeam/discovery/lan"
)

// setNetwork notes which addresses we have, and which no more. The caller holds c.mu.
func (c *Controller) setNetwork(s lan.Survey) {
	for _, n := range c.network {
		c.left[n.Addr.String()] = true
	}
	for _, n := range s.Candidates {
		delete(c.left, n.Addr.String())
	}
	c.network, c.missing, c.surveyed = s.Candidates, s.Missing, true
	c.checkBound()
}

// checkBound notes whether we have the one address that the gateway listens on. The caller holds
// c.mu.
func (c *Controller) checkBound() {
	ip, one := c.boundTo()
	c.bound = !one || lan.Has(ip)
}

// checkMoved tells the person when phones know us by an address that we have no more. It says
// nothing in another network than the one that the address was of, unless we have just come from there:
// those phones are not here.
func (c *Controller) checkMoved() {
	list := c.devices.List()
	var p *Problem
	c.mu.Lock()
	if now := c.addresses(); len(now) > 0 && now[0].IP != c.moved {
		for _, d := range list {
			if old := c.oldAddress(d); old != "" && (c.left[old] || c.inNetwork(old)) {
				p = addressChanged(old, now[0].IP)
				break
			}
		}
	}
	c.mu.Unlock()
	c.problem(kindMoved, p)
}

// dismissMove takes note that the person knows of the new address. The caller holds c.mu.
func (c *Controller) dismissMove() {
	if now := c.addresses(); c.problems[kindMoved] != nil && len(now) > 0 {
		c.moved = now[0].IP
		delete(c.problems, kindMoved)
	}
}

// oldAddress is the address of ours by which d came last, when we have it no more; else it is
// empty. The caller holds c.mu.
func (c *Controller) oldAddress(d devices.Device) string {
	at := d.Address
	if seen := c.seen[d.ID].Address; seen != "" {
		at = seen
	}
	now := c.addresses()
	if at == "" || len(now) == 0 || c.opts.Advertise != "" || slices.ContainsFunc(now, func(a Address) bool { return a.IP == at }) {
		return ""
	}
	return at
}

// inNetwork says that an address is of a network that we are in. The caller holds c.mu.
func (c *Controller) inNetwork(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(c.network, func(n lan.Candidate) bool { return n.Prefix.Contains(ip) })
}

// reachedBy is the address of ours that is worth remembering of one that a device used: phones are
// given IPv4 addresses, and loopback is no phone's way.
func reachedBy(local netip.Addr) string {
	if local = local.Unmap(); !local.Is4() || local.IsLoopback() {
		return ""
	}
	return local.String()
}
