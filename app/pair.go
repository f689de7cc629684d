package app

import (
	"context"
	"errors"
	"reflect"

	"modelbeam/app/devices"
	"modelbeam/app/pairing"
	"modelbeam/tunnel"
	"modelbeam/tunnel/catalog"
)

// pair turns a one-time code into a device with its own key, or renews the device that came
// with its key. The device is on the disk before its key leaves this function: a phone must not
// hold a key that a crash made us forget.
func (c *Controller) pair(_ context.Context, r tunnel.PairRequest) (tunnel.Paired, error) {
	pass, err := c.invitations.use(r.Code)
	switch {
	case errors.Is(err, pairing.ErrWrong):
		return tunnel.Paired{}, tunnel.ErrCodeWrong
	case errors.Is(err, pairing.ErrUsed):
		return tunnel.Paired{}, tunnel.ErrCodeUsed
	case err != nil:
		return tunnel.Paired{}, tunnel.ErrCodeExpired
	}
	d, key, action := c.admit(r, pass)
	c.log.Info("device paired", "device", d.ID, "action", action)
	c.news.event("device", DeviceEvent{Action: action, ID: d.ID, Name: d.Name})
	c.presence.paired(d)
	c.invitations.used()
	return tunnel.Paired{Key: key, Device: gatewayDevice(d), URLs: orEmpty(c.reach.View().URLs)}, nil
}

// admit makes the device, or renews the one that it was.
func (c *Controller) admit(r tunnel.PairRequest, pass *devices.Pass) (d devices.Device, key, action string) {
	if r.Renew.ID != "" {
		d, err := c.devices.Renew(r.Renew.ID, pass)
		if !errors.Is(err, devices.ErrNotFound) { // removed just now
			c.disk.saved(err)
			if !sameRights(r.Renew.Pass, gatewayDevice(d).Pass) {
				c.gateway.Disconnect(d.ID, tunnel.PassChanged)
			}
			return d, r.Key, "renewed"
		}
	}
	d, key, err := c.devices.Pair(r.Name, pass)
	c.disk.saved(err)
	return d, key, "paired"
}

// sameRights says that two passes allow the same, whatever was used of them.
func sameRights(a, b *catalog.Pass) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Until.Equal(b.Until) && a.Requests == b.Requests && reflect.DeepEqual(a.Models, b.Models)
}
