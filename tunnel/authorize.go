package tunnel

import "net/http"

// authorize finds out whose request this is. The first valid key of those given counts; only
// a request without a valid one is a failed try.
func (g *Gateway) authorize(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		if c.route != nil && c.route.public || g.identify(c) {
			next.ServeHTTP(w, r)
			return
		}
		if len(c.keys) > 0 && !g.failures.keys.note(c.remote) {
			g.fail(w, r, errTries)
			return
		}
		g.fail(w, r, g.errKey(len(c.keys) > 0))
	})
}

// identify assigns the call to the device of its key.
func (g *Gateway) identify(c *call) bool {
	if g.Keys == nil {
		return false
	}
	for {
		epoch := g.calls.epoch()
		device, ok := g.lookUp(c.keys)
		if !ok {
			return false
		}
		if g.calls.assign(c, device, epoch) {
			return true
		}
	}
}

func (g *Gateway) lookUp(keys []string) (Device, bool) {
	for _, key := range keys {
		if device, ok := g.Keys.Device(key); ok {
			return device, true
		}
	}
	return Device{}, false
}
