package app

import (
	"context"
	"time"

	"modelbeam/app/devices"
	"modelbeam/app/pairing"
)

// Invitation is what a phone may do that uses the pairing code; the zero value is everything,
// for good.
type Invitation = devices.Invitation

// ShowCode tells whether somebody can see the pairing code. It lives only while somebody can:
// a code in a hidden window only waits to be guessed. Servers are looked for less often then.
func (c *Controller) ShowCode(visible bool) {
	c.change(func() { c.looking = visible })
	nudge(c.recode)
	c.servers.scanner.Calm(!visible)
}

// Invite makes pairing codes for guests, until it is called with the zero Invitation. Codes
// shown before are void: they promised something else.
func (c *Controller) Invite(i Invitation) {
	if !i.Guest() {
		i = c.opts.Guest // what the command line made the usual
	}
	c.change(func() {
		c.codes.Revoke()
		c.invited, c.pairing = i, Pairing{}
	})
	nudge(c.recode)
}

// keepCode has a fresh pairing code ready while it can be seen and used, until ctx ends.
func (c *Controller) keepCode(ctx context.Context) {
	renew := time.NewTimer(pairing.Life)
	defer renew.Stop()
	for {
		c.freshCode()
		renew.Reset(pairing.Life)
		select {
		case <-ctx.Done():
			return
		case <-c.recode:
		case <-renew.C:
			c.change(func() { c.pairing = Pairing{} })
		}
	}
}

// freshCode makes the State's pairing code what it should be: a code that works, or none.
func (c *Controller) freshCode() {
	c.mu.Lock()
	wanted := c.looking && !c.paused && c.listen != ""
	has := c.pairing.Code != ""
	c.mu.Unlock()
	switch {
	case wanted && !has:
		c.change(c.makeCode)
	case !wanted && has:
		c.codes.Revoke()
		c.change(func() { c.pairing = Pairing{} })
	}
}

// makeCode replaces the pairing code by a new one. The caller holds c.mu.
func (c *Controller) makeCode() {
	pass := c.invited.Pass(time.Now())
	shown, expires := c.codes.New(pass)
	c.pairing = Pairing{Code: shown, Expires: expires.UTC(), Guest: GuestOf(pass)}
}
