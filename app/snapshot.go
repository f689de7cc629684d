package app

import (
	"cmp"
	"slices"
	"time"

	"modelbeam/app/devices"
	"modelbeam/app/usage"
	"modelbeam/tunnel"
)

// State returns the snapshot of this moment. Its servers are those that the gateway knows: what
// a screen shows can be used.
func (c *Controller) State() State {
	c.catalog.Lock()
	all, looked := c.shared, c.looked
	c.catalog.Unlock()
	remembered := c.settings.Get()
	list, running, today := c.devices.List(), c.gateway.Running(), c.usage.Today()
	c.mu.Lock()
	defer c.mu.Unlock()
	s := State{
		Name:      displayName(remembered),
		Version:   Version,
		Listen:    c.listen,
		URLs:      orEmpty(c.urls()),
		Addresses: orEmpty(c.addresses()),
		Pairing:   c.invitation(),
		Servers:   make([]Server, len(all)),
		Hints:     c.servers.hintsFor(all),
		Devices:   make([]Device, len(list)),
		Usage:     c.usage.Rows(),
		Problem:   c.worstProblem(),
	}
	for i, l := range all {
		s.Servers[i] = l.Server
	}
	for i, d := range list {
		s.Devices[i] = c.device(d, running, today[d.ID])
	}
	slices.SortStableFunc(s.Devices, func(a, b Device) int { return lastSign(b).Compare(lastSign(a)) })
	if time.Since(c.pairedAt) < justPaired {
		s.JustPaired = c.paired
	}
	s.Phase = c.phase(s, looked)
	return s
}

// device is d as a person sees it. The caller holds c.mu.
func (c *Controller) device(d devices.Device, running []tunnel.Exchange, today usage.Row) Device {
	out := Device{
		ID: d.ID, Name: d.Name, Paired: d.Paired,
		LastSeen: latest(d.LastSeen, c.seen[d.ID].At),
		Today:    Usage{Requests: today.Requests, Tokens: today.Tokens},
		Paused:   d.Paused, Guest: GuestOf(d.Pass), OldAddress: c.oldAddress(d),
	}
	for _, x := range running {
		if x.Device.ID != d.ID {
			continue
		}
		out.Active++
		out.Tokens += x.Tokens
		out.Model = cmp.Or(x.Model, out.Model)
	}
	return out
}

// GuestOf is a pass as a person sees it; nil stays nil.
func GuestOf(p *devices.Pass) *Guest {
	if p == nil {
		return nil
	}
	return &Guest{Until: p.Until, Models: p.Models, Requests: p.Requests, Left: max(p.Requests-p.Used, 0)}
}

// phase is the one word for all of it. The caller holds c.mu.
func (c *Controller) phase(s State, looked bool) Phase {
	online := slices.ContainsFunc(s.Servers, func(srv Server) bool { return srv.Online && (srv.User == "" || !srv.Hidden) })
	switch {
	case s.Listen == "" && (c.problems[kindPortTaken] != nil || c.problems[kindListenFailed] != nil):
		return Failed
	case c.paused:
		return Paused
	case s.Listen != "" && c.surveyed && len(s.URLs) == 0:
		return Offline
	case online && s.Listen != "" && len(s.URLs) > 0:
		return Sharing
	case looked && s.Listen != "":
		return Empty
	}
	return Searching
}

// invitation is the pairing code with the address that makes it a QR code. The caller holds
// c.mu.
func (c *Controller) invitation() Pairing {
	p := c.pairing
	if urls := c.urls(); p.Code != "" && len(urls) > 0 {
		p.URL = urls[0] + "/#c=" + p.Code
	}
	return p
}

func (c *Controller) worstProblem() *Problem {
	for _, kind := range byImportance {
		if p := c.problems[kind]; p != nil {
			return p
		}
	}
	return nil
}

// lastSign is when a device was last heard of: pairing counts.
func lastSign(d Device) time.Time { return latest(d.Paired, d.LastSeen) }

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b.UTC()
	}
	return a
}

// orEmpty makes scripts see [] where there is nothing, not null.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
