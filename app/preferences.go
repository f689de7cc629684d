package app

import (
	"slices"

	"modelbeam/app/settings"
)

// AddServer shares the server at rawURL, on this machine or another; key is what it wants, or
// empty. It is in the State from now on, offline until it answers.
func (c *Controller) AddServer(rawURL, key string) {
	u, err := settings.ParseServerURL(rawURL)
	if err != nil {
		return // the window has tested it
	}
	c.tasks.add(func() { // the keyring may ask the person first
		name := u.String()
		if key != "" {
			if err := c.secrets.Set(name, key); err != nil {
				c.saved(err)
			}
		}
		c.settings.Change(func(s *settings.Settings) {
			s.Servers = slices.DeleteFunc(s.Servers, func(m settings.Server) bool { return m.URL == name })
			s.Servers = append(s.Servers, settings.Server{URL: name, HasKey: key != ""})
		})
		c.servers.remove(u) // an older entry with another key
		c.servers.add(u, func() string { return key })
		c.serversChanged()
	})
}

// addRemembered adds the servers that were added by hand before. Their keys are read when they
// are needed: the system may ask the person first.
func (c *Controller) addRemembered() {
	for _, m := range c.settings.Get().Servers {
		u, err := settings.ParseServerURL(m.URL)
		if err != nil {
			continue // checked when the settings were read
		}
		c.servers.add(u, c.secretOf(m))
	}
}

// secretOf reads the key of a server when it is wanted first, and again only where that failed. What it
// returns is for one goroutine at a time.
func (c *Controller) secretOf(m settings.Server) func() string {
	key, read := "", !m.HasKey
	return func() string {
		if read {
			return key
		}
		var err error
		if key, err = c.secrets.Get(m.URL); err != nil {
			c.log.Warn("A server's key could not be read", "err", err)
		}
		read = err == nil
		return key
	}
}

// RemoveServer forgets a server that was added by hand. What it is answering ends.
func (c *Controller) RemoveServer(id string) {
	c.tasks.add(func() {
		all := c.listed()
		i := slices.IndexFunc(all, func(l listed) bool { return l.ID == id && l.Manual })
		if i < 0 {
			return
		}
		c.forget(all[i].named.String())
		c.servers.remove(all[i].named)
		c.gateway.DropServer(id)
	})
}

// forget takes a server and its key out of what is remembered.
func (c *Controller) forget(name string) {
	isIt := func(m settings.Server) bool { return m.URL == name }
	hadKey := slices.ContainsFunc(c.settings.Get().Servers, func(m settings.Server) bool { return isIt(m) && m.HasKey })
	c.settings.Change(func(s *settings.Settings) { s.Servers = slices.DeleteFunc(s.Servers, isIt) })
	if !hadKey {
		return // and the keyring, which may ask the person, is left alone
	}
	if err := c.secrets.Delete(name); err != nil {
		c.log.Warn("A server's key could not be deleted", "err", err)
	}
}

// HideServer keeps all models of a server from phones, or shows them again. What a hidden
// server is answering ends.
func (c *Controller) HideServer(id string, hidden bool) {
	c.hide(id, "", hidden)
}

// HideModel keeps one model of a server from phones, or shows it again.
func (c *Controller) HideModel(serverID, model string, hidden bool) {
	c.hide(serverID, model, hidden)
}

func (c *Controller) hide(id, model string, hidden bool) {
	all := c.listed()
	i := slices.IndexFunc(all, func(l listed) bool { return l.ID == id })
	if i < 0 {
		return
	}
	entry := hiddenEntry(all[i].URL, model)
	stranger := all[i].User != "" && model == ""
	owned := ownedURL(all[i].URL, all[i].User)
	c.settings.Change(func(s *settings.Settings) {
		s.Hidden = with(s.Hidden, entry, hidden)
		if stranger {
			s.Shared = with(s.Shared, owned, !hidden)
		}
	})
	c.serversChanged()
	if hidden && model == "" {
		c.gateway.DropServer(id)
	}
}

// with is list with entry in it, or without.
func with(list []string, entry string, in bool) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(e string) bool { return e == entry })
	if in {
		list = append(list, entry)
	}
	return list
}

// hiddenEntry is how settings.Hidden names a server or, with a model, that model of it.
func hiddenEntry(url, model string) string {
	if model == "" {
		return url
	}
	return url + " " + model
}

// MoveServer moves a server up (by -1) or down (by 1) in the order of preference: when two
// have the same model, the upper one answers.
func (c *Controller) MoveServer(id string, by int) {
	var urls []string
	at := -1
	for _, l := range c.listed() {
		if l.Demo() {
			continue
		}
		if l.ID == id {
			at = len(urls)
		}
		urls = append(urls, l.URL)
	}
	to := at + by
	if at < 0 || to < 0 || to >= len(urls) {
		return
	}
	urls[at], urls[to] = urls[to], urls[at]
	c.settings.Change(func(s *settings.Settings) { s.Order = urls })
	c.serversChanged()
}

// listed are all servers as the person wants them: in the order of preference, with what is
// hidden marked.
func (c *Controller) listed() []listed {
	wish := c.settings.Get()
	all := preferred(c.servers.list(wish.Shared), wish.Order, wish.Hidden)
	for i := range all {
		all[i].Hidden = all[i].Hidden || all[i].withheld(wish.Shared)
	}
	withoutDoubles(all)
	return all
}

// withoutDoubles takes the models off a server that only passes them on from another one which is
// there itself. The gateway asks it for them all the same when the other one fails.
func withoutDoubles(all []listed) {
	direct := make(map[string]bool)
	for _, l := range all {
		for _, m := range l.Models {
			direct[m] = direct[m] || l.Online && !l.Hidden && !l.llm.Quirks.Fronts
		}
	}
	for i := range all {
		if all[i].llm.Quirks.Fronts {
			all[i].Models = slices.DeleteFunc(all[i].Models, func(m string) bool { return direct[m] })
		}
	}
}

// preferred puts the servers of order first, in its order, and moves hidden models aside.
func preferred(all []listed, order, hidden []string) []listed {
	rank := func(l listed) int {
		if i := slices.Index(order, l.URL); i >= 0 {
			return i
		}
		if l.Demo() {
			return len(order) + 1
		}
		return len(order)
	}
	slices.SortStableFunc(all, func(a, b listed) int { return rank(a) - rank(b) })
	for i := range all {
		l := &all[i]
		l.Hidden = slices.Contains(hidden, l.URL)
		for _, m := range l.Models {
			if slices.Contains(hidden, hiddenEntry(l.URL, m)) {
				l.HiddenModels = append(l.HiddenModels, m)
			}
		}
		l.Models = slices.DeleteFunc(l.Models, func(m string) bool { return slices.Contains(l.HiddenModels, m) })
	}
	return all
}
