package tunnel

import (
	"slices"
	"strings"
	"time"
)

// Pass is what a guest's device may do. Its limits hold here, whatever the device's apps know of
// them.
type Pass struct {
	Until    time.Time // the end; zero: none
	Models   []string  // the models it may use, as people name them: on whichever server; empty: all
	Requests int       // how many requests may go to servers; 0: no limit
	Used     int       // how many of them have gone
}

// ended reports whether the pass's time is over.
func (p *Pass) ended(now time.Time) bool {
	return p != nil && !p.Until.IsZero() && !now.Before(p.Until)
}

// allows reports whether the pass is for m. A request that names no model would get one of the
// server's choice, so that is only for those who may use all.
func (p *Pass) allows(m *Model) bool {
	return p == nil || len(p.Models) == 0 || m != nil && slices.ContainsFunc(p.Models, m.called)
}

// called reports whether name means m: its id, the id without Ollama's ":latest", or either with the
// @server that lists add where several servers have it.
func (m *Model) called(name string) bool {
	if name == m.ID || name+":latest" == m.ID {
		return true
	}
	i := strings.LastIndexByte(name, '@')
	return i > 0 && (name[:i] == m.ID || name[:i]+":latest" == m.ID)
}

// left is how many requests the pass has left, of those that are limited.
func (p *Pass) left() int { return max(0, p.Requests-p.Used) }

// admit says why a device whose key is right may not even ask what there is; nil when it may. From
// then on the call ends with the device's pass.
func (g *Gateway) admit(c *call) *failure {
	p := c.device.Pass
	switch {
	case c.device.Paused:
		return g.errDevicePaused()
	case p.ended(time.Now()):
		return g.errPassEnded()
	case p != nil && !p.Until.IsZero():
		c.expiry = time.AfterFunc(time.Until(p.Until), func() { g.calls.cut(c, g.errPassEnded()) })
	}
	return nil
}

// permit says why c's device may not have the model that c is aimed at; nil when it may.
func (g *Gateway) permit(c *call) *failure {
	p := c.device.Pass
	switch m := c.target.known; {
	case c.route.webSocket && p != nil && len(p.Models) > 0:
		return g.errNotHere() // its messages could name other models, as "session.update" does
	case p.allows(m):
		return nil
	case m == nil:
		return g.errNoModel()
	case c.route.free:
		return errModel(c.target.model, g.laptop()) // what is not on the guest's list is not there
	default:
		return g.errNotAllowed(c.target.model)
	}
}

// spend takes the request that is about to go to a server off the device's pass.
func (g *Gateway) spend(c *call) *failure {
	p := c.device.Pass
	if p == nil || p.Requests == 0 || c.route.free {
		return nil
	}
	left := p.left() > 0
	if g.Spend != nil {
		left = g.Spend(c.device.ID)
	}
	if !left {
		return g.errUsedUp()
	}
	return nil
}
