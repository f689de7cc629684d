package app

import (
	"context"
	"errors"
	"maps"
	"time"

	"modelbeam/app/devices"
	"modelbeam/app/pairing"
	"modelbeam/tunnel"
)

const (
	// justPaired is how long the State names a device that has just paired.
	justPaired = 5 * time.Second
	// again is how long a device must have been silent to be news when it is seen.
	again = 5 * time.Minute
	// seenEvery is how often it is saved when devices were last seen.
	seenEvery = time.Minute
)

// keyring lets the gateway look up keys.
type keyring struct{ *devices.Store }

// Device implements tunnel.Keyring.
func (k keyring) Device(key string) (tunnel.Device, bool) {
	d, ok := k.ByKey(key)
	return tunnel.Device{ID: d.ID, Name: d.Name}, ok
}

// pair turns a one-time code into a device with its own key. The device is on the disk before
// its key leaves this function: a phone must not hold a key that a crash made us forget.
func (c *Controller) pair(_ context.Context, r tunnel.PairRequest) (tunnel.Paired, error) {
	switch err := c.codes.Use(r.Code); {
	case errors.Is(err, pairing.ErrWrong):
		return tunnel.Paired{}, tunnel.ErrCodeWrong
	case err != nil:
		return tunnel.Paired{}, tunnel.ErrCodeUsed
	}
	d, key, err := c.devices.Add(r.Name)
	c.saved(err)
	c.log.Info("A device paired", "device", d.ID)
	c.event("device", DeviceEvent{Action: "paired", ID: d.ID, Name: d.Name})
	c.change(func() {
		c.paired, c.pairedAt, c.pairing = d.Name, time.Now(), Pairing{}
		c.seen[d.ID], c.known[d.ID] = time.Now(), d.Name
	})
	time.AfterFunc(justPaired, c.watchers.wake)
	nudge(c.recode)
	return tunnel.Paired{Key: key, Device: tunnel.Device{ID: d.ID, Name: d.Name}, URLs: c.State().URLs}, nil
}

// RemoveDevice takes a device's key away; its running answers end.
func (c *Controller) RemoveDevice(id string) {
	c.later(func() {
		if _, err := c.devices.Remove(id); !errors.Is(err, devices.ErrNotFound) {
			c.saved(err)
		}
		c.devicesEdited(nil)
	})
}

// RenameDevice calls a device by another name.
func (c *Controller) RenameDevice(id, name string) {
	c.later(func() {
		if err := c.devices.Rename(id, name); !errors.Is(err, devices.ErrNotFound) {
			c.saved(err)
		}
		c.watchers.wake()
	})
}

// devicesEdited compares the list of devices with what was known of it. What a removed device
// has running ends now.
func (c *Controller) devicesEdited(broken error) {
	if err := c.setAside(broken, devicesReset); err != nil {
		c.log.Warn("The list of devices cannot be read", "err", err)
	}
	now := make(map[string]string)
	for _, d := range c.devices.List() {
		now[d.ID] = d.Name
	}
	c.mu.Lock()
	before := c.known
	c.known = now
	for id := range c.active { // one that came and went between two looks
		if _, ok := before[id]; !ok {
			before[id] = ""
		}
	}
	c.mu.Unlock()
	for id, name := range before {
		if _, ok := now[id]; !ok {
			c.gateway.Disconnect(id, tunnel.Removed)
			c.log.Info("A device was removed", "device", id)
			c.event("device", DeviceEvent{Action: "removed", ID: id, Name: name})
		}
	}
	for id, name := range now {
		if known, ok := before[id]; !ok || known == "" {
			c.greet(id, name)
			c.event("device", DeviceEvent{Action: "paired", ID: id, Name: name})
		}
	}
	c.watchers.wake()
}

// greet lets the State name a device for a moment, if it is an app that used the code we showed.
// One that somebody added by hand is not there to be greeted.
func (c *Controller) greet(id, name string) {
	c.change(func() {
		if c.minted[id] {
			delete(c.minted, id)
			c.paired, c.pairedAt = name, time.Now()
		}
	})
	time.AfterFunc(justPaired, c.watchers.wake)
}

// observe counts what devices are doing. The gateway calls it on every request, so it only
// touches memory.
func (c *Controller) observe(x tunnel.Exchange) {
	if x.Ended {
		c.event("request", RequestEvent{
			Method: x.Method, Path: x.Path, Device: x.Device.ID, Server: x.Server, Model: x.Model,
			Status: x.Status, Millis: x.Duration.Milliseconds(), Bytes: x.Bytes,
		})
	}
	id := x.Device.ID
	if id == "" {
		return
	}
	c.mu.Lock()
	last := c.seen[id]
	c.seen[id] = time.Now()
	if x.Ended {
		c.active[id]--
	} else {
		c.active[id]++
	}
	if c.active[id] <= 0 {
		delete(c.active, id)
	}
	c.mu.Unlock()
	if time.Since(last) > again {
		c.event("device", DeviceEvent{Action: "seen", ID: id, Name: x.Device.Name})
	}
	c.watchers.wake()
}

// saveSeen writes down when devices were last seen.
func (c *Controller) saveSeen() {
	c.mu.Lock()
	seen := maps.Clone(c.seen)
	c.mu.Unlock()
	if len(seen) > 0 {
		c.saved(c.devices.Saw(seen))
	}
}
