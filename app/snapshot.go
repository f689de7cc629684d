package app

import (
	"slices"

	"modelbeam/app/reach"
)

// State returns the snapshot of this moment. Its servers are those that the gateway knows: what
// a screen shows can be used.
func (c *Controller) State() State {
	c.observed.Look()
	all, looked := c.shared.current()
	view, wrong, paused := c.reach.View(), c.news.wrong(), c.paused.Load()
	s := State{
		Name:       c.settings.Get().DisplayName(),
		Version:    Version,
		Listen:     view.Listen,
		URLs:       orEmpty(view.URLs),
		Addresses:  orEmpty(view.Addresses),
		Pairing:    c.invitations.current(view.URLs),
		Servers:    make([]Server, len(all)),
		Hints:      append(c.servers.hintsFor(all), c.computer.hints()...),
		Devices:    c.presence.list(view),
		JustPaired: c.presence.justPaired(),
		Awake:      c.computer.awake(),
		Login:      c.computer.atLogin(),
		Language:   c.settings.Get().Language,
		Usage:      c.presence.usage.Rows(),
		Problem:    wrong.worst(),
		Update:     c.update(),
		Downloads:  c.downloads.View(),
		Offers:     c.downloads.Offers(),
		Waiting:    c.doctor.Waiting(),
	}
	for i, l := range all {
		s.Servers[i] = l.Server
		s.Servers[i].Gets = c.gets(l)
	}
	s.Phase = s.phase(view, wrong, paused, looked)
	return s
}

// update is what there is to say about new versions, or nil.
func (c *Controller) update() *Update {
	if !c.updates.Able() {
		return nil
	}
	v := c.updates.View()
	u := &Update{Ask: v.Ask, On: v.On, Version: v.Version, Page: v.Page, Install: v.Install, Installing: v.Installing}
	if v.Err != nil {
		u.Failed = v.Err.Error()
	}
	return u
}

// Watch calls fn with the current State and then with each one that differs from the last, one
// at a time, on a goroutine of its own. A watcher that is slow misses States, never the newest.
// After stop has returned, fn is not called any more; fn itself must not call stop.
func (c *Controller) Watch(fn func(State)) (stop func()) { return c.news.states.Watch(c.State, fn) }

// phase is the one word for all of it.
func (s State) phase(view reach.View, wrong problems, paused, looked bool) Phase {
	online := slices.ContainsFunc(s.Servers, func(srv Server) bool { return srv.Online && (srv.User == "" || !srv.Hidden) })
	open, reached := s.Listen != "", len(s.URLs) > 0
	switch {
	case !open && (wrong[ProblemPortTaken] != nil || wrong[ProblemListenFailed] != nil):
		return Failed
	case paused:
		return Paused
	case open && view.Surveyed && !reached:
		return Offline
	case online && open && reached:
		return Sharing
	case looked && open:
		return Empty
	}
	return Searching
}

// orEmpty makes scripts see [] where there is nothing, not null.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
