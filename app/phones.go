package app

import (
	"errors"
	"maps"
	"net"
	"time"

	"modelbeam/app/devices"
	"modelbeam/tunnel"
)

// keyring lets the gateway look up keys.
type keyring struct{ *devices.Store }

// Device implements tunnel.Keyring.
func (k keyring) Device(key string) (tunnel.Device, bool) {
	d, ok := k.ByKey(key)
	return gatewayDevice(d), ok
}

// Removed implements tunnel.Keyring.
func (k keyring) Removed(key string) bool { return k.WasRemoved(key) }

func gatewayDevice(d devices.Device) tunnel.Device {
	out := tunnel.Device{ID: d.ID, Name: d.Name, Paused: d.Paused}
	if p := d.Pass; p != nil {
		out.Pass = &tunnel.Pass{Until: p.Until, Models: p.Models, Requests: p.Requests, Used: p.Used}
	}
	return out
}

// spend takes n requests off a guest's pass.
func (c *Controller) spend(id string, n int) bool {
	ok, err := c.devices.Spend(id, n)
	if errors.Is(err, devices.ErrNotFound) {
		return false
	}
	c.saved(err)
	c.watchers.wake()
	return ok
}

// refund puts n requests back on a guest's pass.
func (c *Controller) refund(id string, n int) {
	if err := c.devices.Refund(id, n); !errors.Is(err, devices.ErrNotFound) {
		c.saved(err)
	}
	c.watchers.wake()
}

// localURL is the connect page's address that stays when the IP address changes, where one is
// announced.
func (c *Controller) localURL() string {
	if c.opts.NoMDNS || c.service().Port == 0 {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, port, _ := net.SplitHostPort(c.listen) // a bound address always has a port
	return "http://" + net.JoinHostPort(hostName(c.id)+".local", port)
}

// RemoveDevice takes a device's key away; its running answers end.
func (c *Controller) RemoveDevice(id string) {
	c.tasks.add(func() {
		if _, err := c.devices.Remove(id); !errors.Is(err, devices.ErrNotFound) {
			c.saved(err)
		}
		c.devicesEdited()
	})
}

// RenameDevice calls a device by another name.
func (c *Controller) RenameDevice(id, name string) {
	c.tasks.add(func() {
		if _, err := c.devices.Rename(id, name); !errors.Is(err, devices.ErrNotFound) {
			c.saved(err)
		}
		c.watchers.wake()
	})
}

// PauseDevice lets nothing of a device through until it is called again with false; its running
// answers end.
func (c *Controller) PauseDevice(id string, paused bool) {
	c.tasks.add(func() {
		if _, err := c.devices.SetPaused(id, paused); !errors.Is(err, devices.ErrNotFound) {
			c.saved(err)
		}
		c.devicesEdited()
	})
}

// devicesRead tells what was wrong with the list of devices, and acts on what has changed in it.
func (c *Controller) devicesRead(err error) {
	p := devicesProblem(err)
	switch {
	case p == nil:
		c.problem(kindDevicesUnread, nil)
	case p.Kind == kindDevicesReset && len(c.devices.List()) > 0:
		c.log.Warn("The list of devices made no sense and was written again", "err", err)
	default:
		c.problem(p.Kind, p)
	}
	c.devicesEdited()
}

// devicesEdited compares the list of devices with what was known of it. What a device that was
// removed or paused has running ends now.
func (c *Controller) devicesEdited() {
	now := make(map[string]devices.Device)
	for _, d := range c.devices.List() {
		now[d.ID] = d
	}
	c.mu.Lock()
	before := maps.Clone(c.known)
	if c.unknown && c.devices.Known() { // those on the list were paired long ago
		before, c.unknown = maps.Clone(now), false
	}
	c.known = now
	c.mu.Unlock()
	for _, x := range c.gateway.Running() { // its device may have come and gone between two looks
		if id := x.Device.ID; id != "" && before[id].ID == "" {
			before[id] = devices.Device{ID: id}
		}
	}
	for id, d := range before {
		if _, ok := now[id]; !ok {
			c.gateway.Disconnect(id, tunnel.Removed)
			c.tell("removed", d)
		}
	}
	for id, d := range now {
		c.compare(before[id], d)
	}
	c.checkMoved()
	c.watchers.wake()
}

// compare acts on what has changed of a device; before is zero or has no name when it is new.
func (c *Controller) compare(before, now devices.Device) {
	switch {
	case before.Name == "":
		c.greet(now)
		c.tell("paired", now)
	case now.Paused && !before.Paused:
		c.gateway.Disconnect(now.ID, tunnel.DevicePaused)
		c.tell("paused", now)
	case before.Paused && !now.Paused:
		c.tell("resumed", now)
	}
}

func (c *Controller) tell(action string, d devices.Device) {
	c.log.Info("The list of devices changed", "device", d.ID, "action", action)
	c.event("device", DeviceEvent{Action: action, ID: d.ID, Name: d.Name})
}

// greet lets the State name a device for a moment, if it is an app that used the code we showed.
// One that somebody added by hand is not there to be greeted.
func (c *Controller) greet(d devices.Device) {
	c.change(func() {
		if c.minted[d.ID] {
			delete(c.minted, d.ID)
			c.paired, c.pairedAt = d.Name, time.Now()
		}
	})
	time.AfterFunc(justPaired, c.watchers.wake)
}

// saveSeen writes down how devices were last seen, if any was since that was written last: who
// is not there costs the disk nothing.
func (c *Controller) saveSeen() {
	now := time.Now()
	c.mu.Lock()
	seen := maps.Clone(c.seen)
	maps.DeleteFunc(seen, func(_ string, s devices.Sight) bool { return s.At.Before(c.seenSaved) })
	c.mu.Unlock()
	if len(seen) == 0 {
		return
	}
	err := c.devices.Saw(seen)
	c.saved(err)
	if err == nil {
		c.change(func() { c.seenSaved = now })
	}
}

// saveAgain tries to write down what could not be saved.
func (c *Controller) saveAgain() {
	c.saved(c.secrets.Save())
	if err := c.devices.Saw(nil); err != nil {
		c.saved(err)
	}
}
