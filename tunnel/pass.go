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

// mayMean reports whether name may be a model of the pass, however it is written. It is asked before
// anything about a model is looked up or told, so that a guest learns nothing of the others.
func (p *Pass) mayMean(name string) bool {
	if p == nil || len(p.Models) == 0 || name == "" {
		return true
	}
	asked := plainNames(name)
	return slices.ContainsFunc(p.Models, func(model string) bool {
		return slices.ContainsFunc(plainNames(model), func(bare string) bool { return slices.Contains(asked, bare) })
	})
}

// plainNames are a model's names without the @server that lists may add, and without what Ollama's names may
// have more or less of.
func plainNames(name string) []string {
	names := []string{name}
	if i := strings.LastIndexByte(name, '@'); i > 0 {
		names = append(names, name[:i])
	}
	for i, n := range names {
		n = strings.TrimPrefix(strings.ToLower(n), "registry.ollama.ai/")
		names[i] = strings.TrimSuffix(strings.TrimPrefix(n, "library/"), ":latest")
	}
	return names
}

// permit says why c's device may not have what c is aimed at; nil when it may. A model that the pass
// is not for was not found in the first place.
func (g *Gateway) permit(c *call) *failure {
	if c.device.Pass.allows(c.target.known) {
		return nil
	}
	return g.errNoModel()
}

// counted reports whether c is taken off a guest's requests.
func (c *call) counted() bool {
	p := c.device.Pass
	return p != nil && p.Requests > 0 && !c.route.free
}

// exhausted says why nothing of what c's device could ask for will be forwarded, from the head alone:
// what is refused anyway shall cost no reading, no disk and no edit of the list of devices.
func (g *Gateway) exhausted(c *call) *failure {
	switch p := c.device.Pass; {
	case p == nil:
		return nil
	case c.route.webSocket && (len(p.Models) > 0 || p.Requests > 0):
		// Its messages could name other models, as "session.update" does, and each asks for an answer.
		return g.errNotHere()
	case c.counted() && !g.calls.reserve(c, p.left()):
		return g.errUsedUp() // or as good as: as many are on their way as are left
	}
	return nil
}

// cost is how many requests c counts as: one for every text and every answer that it asks for. A list
// of documents that are put in an order, and the messages of one conversation, are one text.
func (c *call) cost() int {
	f := c.payload.fields
	texts := f.Prompts
	if !c.route.generates {
		texts = max(texts, f.Inputs)
	}
	return max(texts, 1) * max(f.Answers, 1)
}

// spend takes the request that is about to go to a server off the device's pass.
func (g *Gateway) spend(c *call) *failure {
	if !c.counted() {
		return nil
	}
	g.calls.release(c)
	n, left := c.cost(), c.device.Pass.left()
	switch {
	case n > max(left, 1):
		return g.errTooMany(n, left)
	case g.Spend != nil && !g.Spend(c.device.ID, n), g.Spend == nil && n > left:
		return g.errUsedUp()
	}
	c.spent = n
	return nil
}
