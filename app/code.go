package app

import (
	"context"
	"time"

	"modelbeam/app/pairing"
)

// ShowCode tells whether somebody can see the pairing code. It lives only while somebody can:
// a code in a hidden window only waits to be guessed. Servers are looked for less often then.
func (c *Controller) ShowCode(visible bool) {
	c.change(func() { c.looking = visible })
	nudge(c.recode)
	c.servers.scanner.Calm(!visible)
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
		shown, expires := c.codes.New()
		c.change(func() { c.pairing = Pairing{Code: shown, Expires: expires.UTC()} })
	case !wanted && has:
		c.codes.Revoke()
		c.change(func() { c.pairing = Pairing{} })
	}
}
