package app

import (
	"context"
	"errors"
	"reflect"
	"time"

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

// handoverLife is how long an icon may wait on a home screen until it is opened first.
const handoverLife = 7 * 24 * time.Hour

// handOver makes a code by which an icon on the phone's home screen becomes the same device.
func (c *Controller) handOver(d tunnel.Device, key string) (code string, until time.Time, err error) {
	code, until, err = c.devices.HandOver(d.ID, key, handoverLife)
	if errors.Is(err, devices.ErrNotFound) { // removed just now
		return "", time.Time{}, err
	}
	c.disk.saved(err)
	c.log.Info("hand-over made", "device", d.ID)
	return code, until, nil
}

// redeem is what becomes of that code. It is used up on the disk before the key leaves this function.
func (c *Controller) redeem(code string) (tunnel.Paired, error) {
	d, key, err := c.devices.Redeem(code)
	switch {
	case errors.Is(err, devices.ErrHandoverUsed):
		return tunnel.Paired{}, tunnel.ErrCodeUsed
	case key == "":
		return tunnel.Paired{}, tunnel.ErrCodeExpired
	}
	c.disk.saved(err)
	c.log.Info("hand-over redeemed", "device", d.ID)
	return tunnel.Paired{Key: key, Device: gatewayDevice(d), URLs: orEmpty(c.reach.View().URLs)}, nil
}

// sameRights says that two passes allow the same, whatever was used of them.
func sameRights(a, b *catalog.Pass) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Until.Equal(b.Until) && a.Requests == b.Requests && reflect.DeepEqual(a.Models, b.Models)
}
