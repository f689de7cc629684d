package app

import (
	"net/url"
	"slices"

	"modelbeam/app/settings"
)

// add shares the server at u for good; key is what it wants, or empty. The keyring may ask the
// person first.
func (s *sharedServers) add(u *url.URL, key string) {
	s.disk.keyring.later(func() {
		name := u.String()
		if key != "" {
			if err := s.disk.secrets.Set(name, key); err != nil {
				s.disk.saved(err)
			}
		}
		s.settings.Change(func(s *settings.Settings) {
			s.Servers = slices.DeleteFunc(s.Servers, func(m settings.Server) bool { return m.URL == name })
			s.Servers = append(s.Servers, settings.Server{URL: name, HasKey: key != ""})
		})
		s.servers.remove(u) // an older entry with another key
		s.servers.add(u, func() string { return key })
		s.update()
	})
}

// addRemembered adds the servers that were added by hand before. Their keys are read when they
// are needed: the system may ask the person first.
func (s *sharedServers) addRemembered() {
	for _, m := range s.settings.Get().Servers {
		u, err := settings.ParseServerURL(m.URL)
		if err != nil {
			continue // checked when the settings were read
		}
		s.servers.add(u, s.secretOf(m))
	}
}

// secretOf reads the key of a server when it is first wanted, and again only if that failed. The
// function it returns is for one goroutine at a time.
func (s *sharedServers) secretOf(m settings.Server) func() string {
	key, read := "", !m.HasKey
	return func() string {
		if read {
			return key
		}
		var err error
		if key, err = s.disk.secrets.Get(m.URL); err != nil {
			s.log.Warn("read the key of a server", "error", err)
		}
		read = err == nil
		return key
	}
}

// remove forgets a server that was added by hand. What it is answering ends.
func (s *sharedServers) remove(id string) {
	s.disk.keyring.later(func() {
		all := s.wanted()
		i := slices.IndexFunc(all, func(l listing) bool { return l.ID == id && l.Manual })
		if i < 0 {
			return
		}
		s.forget(all[i].named.String())
		s.servers.remove(all[i].named)
		s.gateway.DropServer(id)
	})
}

// forget takes a server and its key out of what is remembered.
func (s *sharedServers) forget(name string) {
	isIt := func(m settings.Server) bool { return m.URL == name }
	hadKey := slices.ContainsFunc(s.settings.Get().Servers, func(m settings.Server) bool { return isIt(m) && m.HasKey })
	s.settings.Change(func(s *settings.Settings) { s.Servers = slices.DeleteFunc(s.Servers, isIt) })
	if !hadKey {
		return // and the keyring, which may ask the person, is left alone
	}
	if err := s.disk.secrets.Delete(name); err != nil {
		s.log.Warn("delete the key of a server", "error", err)
	}
}

// hide keeps a server or, with a model, that model of it from phones, or shows it again. What a
// hidden server is answering ends.
func (s *sharedServers) hide(id, model string, hidden bool) {
	all := s.wanted()
	i := slices.IndexFunc(all, func(l listing) bool { return l.ID == id })
	if i < 0 {
		return
	}
	entry := hiddenEntry(all[i].URL, model)
	stranger := all[i].User != "" && model == ""
	owned := ownedURL(all[i].URL, all[i].User)
	s.settings.Change(func(s *settings.Settings) {
		s.Hidden = with(s.Hidden, entry, hidden)
		if stranger {
			s.Shared = with(s.Shared, owned, !hidden)
		}
	})
	s.update()
	if hidden && model == "" {
		s.gateway.DropServer(id)
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

// move puts a server up (by -1) or down (by 1) in the order of preference: when two have the same
// model, the upper one answers.
func (s *sharedServers) move(id string, by int) {
	var urls []string
	at := -1
	for _, l := range s.wanted() {
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
	s.settings.Change(func(s *settings.Settings) { s.Order = urls })
	s.update()
}

// wanted are all servers as the person wants them: in the order of preference, with what is
// hidden marked.
func (s *sharedServers) wanted() []listing {
	wish := s.settings.Get()
	all := preferred(s.servers.list(wish.Shared), wish.Order, wish.Hidden)
	for i := range all {
		all[i].Hidden = all[i].Hidden || all[i].withheld(wish.Shared)
	}
	withoutDoubles(all)
	return all
}

// withoutDoubles takes away the models that a server merely passes on from another one which is
// listed itself. The gateway still asks the first for them when the other one fails.
func withoutDoubles(all []listing) {
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

// preferred puts the servers in order first, in that order, and sets hidden models apart.
func preferred(all []listing, order, hidden []string) []listing {
	rank := func(l listing) int {
		if i := slices.Index(order, l.URL); i >= 0 {
			return i
		}
		if l.Demo() {
			return len(order) + 1
		}
		return len(order)
	}
	slices.SortStableFunc(all, func(a, b listing) int { return rank(a) - rank(b) })
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
