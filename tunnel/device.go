package tunnel

import (
	"net/http"

	"modelbeam/tunnel/catalog"
)

// Device is a paired phone, or anything else that holds a key.
type Device struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Paused bool          `json:"-"` // the person has paused it
	Pass   *catalog.Pass `json:"-"` // a guest's limits, not to be changed any more; nil: everything, for good
}

// Keyring knows which device a key belongs to. Its methods are called from any goroutine, for every
// request, and so must not wait for a disk or a network.
type Keyring interface {
	// Device returns the device that holds key. It must take the same time for every wrong key.
	Device(key string) (Device, bool)
	// Removed reports whether key was a device's that is there no more. It is called for every
	// request whose keys are all wrong, and must take the same time for each.
	Removed(key string) bool
	// Known reports whether the list of devices could be read at all. Until then nobody can tell
	// whether a key is wrong.
	Known() bool
}

// serveDevice answers GET /device: who the device is here, what it may do, and where it finds us again: the address
// that lasts, for a phone that can resolve such names, and all others.
func (g *Gateway) serveDevice(w http.ResponseWriter, r *http.Request) {
	device := callOf(r).device
	writeJSON(w, r, struct {
		Device Device         `json:"device"`
		Guest  *catalog.Terms `json:"guest,omitempty"`
		Local  string         `json:"local,omitempty"`
		URLs   []string       `json:"urls,omitempty"`
	}{device, device.Pass.Terms(), g.local(), g.urls()})
}

// addresses are all that the page may talk to: those of now, and the one that lasts first.
func (g *Gateway) addresses() []string {
	if local := g.local(); local != "" {
		return append([]string{local}, g.urls()...)
	}
	return g.urls()
}

// urls are the addresses of now, or none.
func (g *Gateway) urls() []string {
	if g.URLs == nil {
		return nil
	}
	return g.URLs()
}

// local is the address that lasts, or "".
func (g *Gateway) local() string {
	if g.Local == nil {
		return ""
	}
	return g.Local()
}
