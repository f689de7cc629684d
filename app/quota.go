package app

import (
	"errors"

	"modelbeam/app/devices"
)

// GuestOf is a pass as a person sees it; nil stays nil.
func GuestOf(p *devices.Pass) *Guest {
	if p == nil {
		return nil
	}
	return &Guest{Until: p.Until, Models: p.Models, Requests: p.Requests, Left: max(p.Requests-p.Used, 0)}
}

// spend takes n requests off a guest's pass.
func (p *presence) spend(id string, n int) bool {
	ok, err := p.devices.Spend(id, n)
	if errors.Is(err, devices.ErrNotFound) {
		return false
	}
	p.disk.saved(err)
	p.news.changed()
	return ok
}

// refund puts n requests back on a guest's pass.
func (p *presence) refund(id string, n int) {
	_ = p.devices.Refund(id, n) // the device may be gone
	p.news.changed()
}
