package tunnel

import (
	"fmt"
	"net/http"
	"time"

	"modelbeam/tunnel/admission"
)

// authorize finds out whose request this is and whether that device may come in now. The first
// valid key of those given counts; only a request without a valid one is a failed try. The key of a
// device that was removed is none either: nobody guessed it, and an app that goes on asking with it
// is to be told why for as long as it asks.
func (g *Gateway) authorize(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		if c.route != nil && c.route.public {
			next.ServeHTTP(w, r)
			return
		}
		if !g.identify(c) {
			admission.Dismiss(r.Context())
			g.fail(w, r, g.errStranger(c))
			return
		}
		admission.Admit(r.Context())
		if f := g.admit(c); f != nil {
			g.fail(w, r, f)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// errStranger says why none of the call's keys is good. Only here is a wrong one counted.
func (g *Gateway) errStranger(c *call) *failure {
	given := len(c.keys) > 0
	switch {
	case g.wasRemoved(c.keys):
		return g.errRemoved()
	case given && g.Keys != nil && !g.Keys.Known():
		return g.errUnread()
	case given:
		if f := errTries(g.failures.keys.take(c.remote)); f != nil {
			return f
		}
	}
	return g.errKey(given)
}

// unreadRetry is after how long a client may try again whose key cannot be looked up.
const unreadRetry = 5 * time.Second

func (g *Gateway) errUnread() *failure {
	return &failure{
		status: 503, code: "devices_unreadable", retry: unreadRetry,
		message: fmt.Sprintf("Modelbeam on %s cannot read its list of phones at the moment. Look at its window there; this phone stays paired.", g.laptop()),
	}
}

// identify assigns the call to the device of its key.
func (g *Gateway) identify(c *call) bool {
	for {
		epoch := g.calls.epoch()
		device, _, ok := g.lookUp(c.keys)
		if !ok {
			return false
		}
		if g.calls.assign(c, device, epoch) {
			return true
		}
	}
}

// lookUp returns the device of the first valid key, and that key.
func (g *Gateway) lookUp(keys []string) (Device, string, bool) {
	if g.Keys == nil {
		return Device{}, "", false
	}
	for _, key := range keys {
		if device, ok := g.Keys.Device(key); ok {
			return device, key, true
		}
	}
	return Device{}, "", false
}

// wasRemoved reports whether one of the keys was a device's that is there no more.
func (g *Gateway) wasRemoved(keys []string) (removed bool) {
	for _, key := range keys {
		if g.Keys != nil && g.Keys.Removed(key) {
			removed = true
		}
	}
	return removed
}
