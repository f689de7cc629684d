package tunnel

import (
	"net/http"
	"time"
)

// guest is a pass as the device that holds it is told of it.
type guest struct {
	Until    *time.Time `json:"until,omitempty"`
	Models   []string   `json:"models,omitempty"`
	Requests int        `json:"requests,omitempty"`
	Left     *int       `json:"left,omitempty"`
}

// guest returns nil for a device that is no guest's.
func (p *Pass) guest() *guest {
	if p == nil {
		return nil
	}
	g := &guest{Models: p.Models, Requests: p.Requests}
	if !p.Until.IsZero() {
		until := p.Until.UTC()
		g.Until = &until
	}
	if p.Requests > 0 {
		left := p.left()
		g.Left = &left
	}
	return g
}

// serveDevice answers GET /device: who the device is here, what it may do, and the address that
// lasts, for a phone that can resolve such names.
func (g *Gateway) serveDevice(w http.ResponseWriter, r *http.Request) {
	device := callOf(r).device
	writeJSON(w, r, struct {
		Device Device `json:"device"`
		Guest  *guest `json:"guest,omitempty"`
		Local  string `json:"local,omitempty"`
	}{device, device.Pass.guest(), g.local()})
}

// local is the address that lasts, or "".
func (g *Gateway) local() string {
	if g.Local == nil {
		return ""
	}
	return g.Local()
}
