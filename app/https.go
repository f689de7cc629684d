package app

import "net/netip"

// encrypted tells the person that a device tries https here: on the device nobody says so in words.
func (c *Controller) encrypted(peer netip.Addr) {
	if urls := c.State().URLs; len(urls) > 0 {
		c.problem(kindEncrypted, encrypted(peer.String(), urls[0]))
	}
}

// cameAround takes that back when the device has found the way.
func (c *Controller) cameAround(peer netip.Addr) {
	c.mu.Lock()
	p := c.problems[kindEncrypted]
	c.mu.Unlock()
	if p != nil && p.Params["Address"] == peer.String() {
		c.problem(kindEncrypted, nil)
	}
}
