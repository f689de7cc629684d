package app

import (
	"errors"
	"maps"

	"modelbeam/app/devices"
	"modelbeam/tunnel"
)

// remove takes a device's key away; its running answers end.
func (p *presence) remove(id string) {
	p.edit(func() (devices.Device, error) { return p.devices.Remove(id) })
}

// rename calls a device by another name.
func (p *presence) rename(id, name string) {
	p.edit(func() (devices.Device, error) { return p.devices.Rename(id, name) })
}

// pause lets nothing of a device through, or lets it through again.
func (p *presence) pause(id string, paused bool) {
	p.edit(func() (devices.Device, error) { return p.devices.SetPaused(id, paused) })
}

// edit changes the list of devices, which may have to wait for the disk, and acts on the change.
func (p *presence) edit(change func() (devices.Device, error)) {
	p.disk.list.later(func() {
		if _, err := change(); !errors.Is(err, devices.ErrNotFound) {
			p.disk.saved(err)
		}
		p.compare()
	})
}

// read tells what was wrong with the list of devices, and acts on what has changed in it. It is
// for devices.Store.Watch.
func (p *presence) read(err error) {
	told := devicesProblem(err)
	switch {
	case told == nil:
		p.news.problem(ProblemDevicesUnread, nil)
	case told.Kind == ProblemDevicesReset && len(p.devices.List()) > 0:
		p.log.Warn("list of devices made no sense and was written again", "error", err)
	default:
		p.news.problem(told.Kind, told)
	}
	p.compare()
}

// compare acts on what has changed in the list of devices since the last time. Whatever a removed or
// paused device has running ends now.
func (p *presence) compare() {
	before, now := p.renew()
	for _, x := range p.gateway.Running() { // its device may have come and gone between two looks
		if id := x.Device.ID; id != "" && before[id].ID == "" {
			before[id] = devices.Device{ID: id}
		}
	}
	for id, d := range before {
		if _, ok := now[id]; !ok {
			p.gateway.Disconnect(id, tunnel.Removed)
			p.tell("removed", d)
		}
	}
	for id, d := range now {
		p.follow(before[id], d)
	}
	p.checkMoved()
	p.news.changed()
}

// renew returns the roster as it was, for the caller to change, and as it is now.
func (p *presence) renew() (before, now map[string]devices.Device) {
	p.mu.Lock()
	defer p.mu.Unlock() // also over the look at the list: nobody must come later with an older one
	list, whole := p.devices.Roster()
	now = make(map[string]devices.Device)
	for _, d := range list {
		now[d.ID] = d
	}
	before = maps.Clone(p.roster)
	if p.partial && whole { // those on the list were paired long ago
		before, p.partial = maps.Clone(now), false
	}
	p.roster = now
	return before, now
}

// follow acts on what has changed about a device; before is zero or has no name when it is new.
func (p *presence) follow(before, now devices.Device) {
	switch {
	case before.Name == "":
		// A device that was added by hand is not there to be greeted.
		if p.minted(now.ID) {
			p.greet(now)
		}
		p.tell("paired", now)
	case now.Paused && !before.Paused:
		p.gateway.Disconnect(now.ID, tunnel.DevicePaused)
		p.tell("paused", now)
	case before.Paused && !now.Paused:
		p.tell("resumed", now)
	}
}

// tell says that the list of devices has changed.
func (p *presence) tell(action string, d devices.Device) {
	p.log.Info("list of devices changed", "device", d.ID, "action", action)
	p.news.event("device", DeviceEvent{Action: action, ID: d.ID, Name: d.Name})
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
