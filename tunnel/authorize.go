package tunnel

import (
	"net/http"
	"time"

	"modelbeam/tunnel/admission"
	"modelbeam/tunnel/fault"
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
			fail(w, r, g.stranger(c))
			return
		}
		admission.Admit(r.Context())
		if f := c.checkPass(g.laptop, &g.calls); f != nil {
			fail(w, r, f)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// stranger says why none of the call's keys is good. Only here is a wrong one counted: a request with a
// junk key beside the right one is what many apps send, and no try.
func (g *Gateway) stranger(c *call) *fault.Failure {
	given := len(c.keys) > 0
	switch {
	case wasRemoved(g.Keys, c.keys):
		return g.laptop.Removed()
	case given && g.Keys != nil && !g.Keys.Known():
		return g.laptop.DevicesUnreadable()
	case given:
		if f := fault.TooManyTries(g.failures.keys.Take(c.remote)); f != nil {
			return f
		}
		return g.laptop.KeyUnknown()
	}
	return g.laptop.KeyMissing()
}

// identify assigns the call to the device of its key. A device that is removed while its key is looked up
// must not keep the call: see registry.epoch.
func (g *Gateway) identify(c *call) bool {
	for {
		epoch := g.calls.epoch()
		device, key, ok := lookUp(g.Keys, c.keys)
		if !ok {
			return false
		}
		if g.calls.assign(c, device, epoch) {
			c.key = key
			return true
		}
	}
}

// lookUp returns the device of the first valid key, and that key. Each wrong one takes the same time.
func lookUp(ring Keyring, keys []string) (Device, string, bool) {
	if ring == nil {
		return Device{}, "", false
	}
	for _, key := range keys {
		if device, ok := ring.Device(key); ok {
			return device, key, true
		}
	}
	return Device{}, "", false
}

// wasRemoved reports whether one of the keys was a device's that is there no more. It looks at all of them,
// whether one was found or not, so that the time tells nothing.
func wasRemoved(ring Keyring, keys []string) (removed bool) {
	for _, key := range keys {
		if ring != nil && ring.Removed(key) {
			removed = true
		}
	}
	return removed
}

// checkPass says why a device whose key is right may not even ask what there is; nil when it may. From
// then on the call ends with the device's pass. Which models a pass is for is decided by catalog.Pass.Allows
// (guestpass.go there), and how many requests it has left in quota.go.
func (c *call) checkPass(laptop fault.Laptop, calls *registry) *fault.Failure {
	p := c.device.Pass
	switch {
	case c.device.Paused:
		return laptop.DevicePaused()
	case p.Ended(time.Now()):
		return laptop.PassEnded()
	case p != nil && !p.Until.IsZero():
		c.expiry = time.AfterFunc(time.Until(p.Until), func() { calls.cut(c, laptop.PassEnded()) })
	}
	return nil
}
