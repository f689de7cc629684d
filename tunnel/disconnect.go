package tunnel

import "modelbeam/tunnel/fault"

// What ends calls that are under way: a pause, a device that is removed, paused or given another pass, and a
// server that is taken away. registry.end does it; here stands for whom, and in which words. A call also ends
// with the time of its device's pass (call.checkPass) and with Serve. A server that dies by itself is not
// among this: what its clients are told is in relay/brokeoff.go.

// SetPaused pauses or resumes sharing. While paused, everything but the connect page and
// /healthz is answered with 503 in plain words; running streams end with the same words.
func (g *Gateway) SetPaused(paused bool) {
	g.paused.Store(paused)
	if paused {
		g.calls.end(func(*call) *fault.Failure { return g.laptop.Paused() })
	}
}

// Reason is why a device's requests are ended, which the device is told.
type Reason uint8

const (
	Removed      Reason = iota // its key is no longer valid
	DevicePaused               // the person has paused it
	PassChanged                // it may do other things now than it could
)

// told is what a device is told of the reason.
func (why Reason) told(l fault.Laptop) *fault.Failure {
	switch why {
	case DevicePaused:
		return l.DevicePaused()
	case PassChanged:
		return l.PassChanged()
	}
	return l.Removed()
}

// Disconnect ends the running requests of a device at once, streams and WebSockets included.
// Change the device in the Keyring first.
func (g *Gateway) Disconnect(deviceID string, why Reason) {
	g.calls.end(func(c *call) *fault.Failure {
		if c.device.ID != deviceID {
			return nil
		}
		return why.told(g.laptop)
	})
	g.shelf.Forget(deviceID)
}

// DropServer ends the running requests to a server at once, for one that the person took away
// or hides from phones. Call SetServers without it first: that alone lets them go on.
func (g *Gateway) DropServer(serverID string) {
	g.calls.end(func(c *call) *fault.Failure {
		if c.target.ServerID() != serverID {
			return nil
		}
		return fault.ServerRemoved(c.target.Server.Name)
	})
}
