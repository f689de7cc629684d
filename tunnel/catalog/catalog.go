// Package catalog knows which models of which servers there are at one moment, under which names they
// are listed, which of them a guest may use, and who is to be asked for one.
//
//	server   a local LLM server that requests can go to, with its quirks
//	model    one model of one server, with its abilities
//	pass     what a guest may use; at Pass stands why devices.Pass and app.Guest are types of their own
//	resolve  from a name, however a client writes it, to the servers that have the model
//	openai, ollama, show, version   what is there, as clients of the dialects read it
package catalog

import (
	"maps"
	"slices"
	"sync"

	"modelbeam/tunnel/dialect"
)

// Catalog is all models of all servers at one moment. It never changes, so any goroutine may read it;
// a change makes a new one.
type Catalog struct {
	Servers []Server // the preferred one first

	entries []Entry            // as /v1/models lists them: without doubles
	byID    map[string][]Entry // the bare id -> one entry for each server that has it, in their order
	gone    map[string]string  // models that were here before -> the name of the server they were on

	byName func() map[string]string // a name as Ollama reads it -> the first id that has it; made for who asks first
}

// Entry is a model under the name that the catalog lists it by.
type Entry struct {
	Name   string // the bare id, or id@server for all servers but the first that has it
	Model  *Model
	Server *Server
}

// maxGone bounds what is remembered of servers that left.
const maxGone = 1000

// New makes a catalog of the servers, best first. It remembers what old had and servers have not; old
// may be nil.
func New(servers []Server, old *Catalog) *Catalog {
	n := 0
	for _, s := range servers {
		n += len(s.Models)
	}
	c := &Catalog{
		Servers: slices.Clone(servers),
		entries: make([]Entry, 0, n),
		byID:    make(map[string][]Entry, n),
		gone:    make(map[string]string),
	}
	c.byName = sync.OnceValue(c.ollamaNames)
	direct := directModels(servers)
	for i := range c.Servers {
		c.addModels(&c.Servers[i], direct)
	}
	c.remember(old)
	return c
}

// directModels are the ids of those models that some server has itself.
func directModels(servers []Server) map[string]bool {
	direct := make(map[string]bool)
	for _, s := range servers {
		for _, m := range s.Models {
			direct[m.ID] = direct[m.ID] || !s.Quirks.Fronts
		}
	}
	return direct
}

// addModels adds what s has. A model that s only passes on from another server in the list is the
// same model: it is not listed once more, but s is asked for it when the other one fails.
func (c *Catalog) addModels(s *Server, direct map[string]bool) {
	for i := range s.Models {
		m := &s.Models[i]
		same := c.byID[m.ID]
		if len(same) > 0 && same[len(same)-1].Server == s {
			continue // listed twice by the same server
		}
		e := Entry{Name: m.ID, Model: m, Server: s}
		double := s.Quirks.Fronts && direct[m.ID]
		if double || slices.ContainsFunc(same, func(other Entry) bool { return other.Name == m.ID }) {
			e.Name = m.ID + "@" + s.ID
		}
		if !double {
			c.entries = append(c.entries, e)
		}
		if last := len(c.entries); len(same) == 0 && !double {
			c.byID[m.ID] = c.entries[last-1 : last : last] // nearly always it stays alone
		} else {
			c.byID[m.ID] = append(same, e)
		}
	}
}

// ollamaNames are the names of all models as Ollama reads them. Few ask for one that is not in the list as they
// write it.
func (c *Catalog) ollamaNames() map[string]string {
	names := make(map[string]string, len(c.byID))
	for _, s := range c.Servers {
		for _, m := range s.Models {
			if name := ollamaName(m.ID); names[name] == "" {
				names[name] = m.ID
			}
		}
	}
	return names
}

// remember keeps where the models were that are missing now, for a better sentence than
// "unknown model" to somebody who was in the middle of a chat.
func (c *Catalog) remember(old *Catalog) {
	if old == nil {
		return
	}
	maps.Copy(c.gone, old.gone)
	for _, e := range old.entries {
		if len(c.gone) < maxGone {
			c.gone[e.Model.ID] = e.Server.Name
		}
	}
	for id := range c.byID {
		delete(c.gone, id)
	}
}

// Shown returns the entries that a device with p may see, in their order.
func (c *Catalog) Shown(p *Pass) []Entry {
	if p == nil || len(p.Models) == 0 {
		return c.entries
	}
	var shown []Entry
	for _, e := range c.entries {
		if p.Allows(e.Model) {
			shown = append(shown, e)
		}
	}
	return shown
}

// Names returns the names of the entries that a device with p may see.
func (c *Catalog) Names(p *Pass) []string {
	names := make([]string, 0, len(c.entries))
	for _, e := range c.Shown(p) {
		names = append(names, e.Name)
	}
	return names
}

// NamesIn returns the names of those that can be asked for in d.
func (c *Catalog) NamesIn(d dialect.Dialect, p *Pass) []string {
	var names []string
	for _, e := range c.Shown(p) {
		if e.Server.Serves(d) {
			names = append(names, e.Name)
		}
	}
	return names
}

// Serving returns the servers that requests in d can go to, the default one first.
func (c *Catalog) Serving(d dialect.Dialect) []*Server {
	var all []*Server
	for i := range c.Servers {
		if c.Servers[i].Serves(d) {
			all = append(all, &c.Servers[i])
		}
	}
	return all
}

// Default returns the name of the model that requests in d get when they name none, or "". A server
// would take one of its own choice, which may be one that is kept from devices.
func (c *Catalog) Default(d dialect.Dialect) string {
	for _, e := range c.entries {
		if e.Server.Serves(d) && !e.Model.Abilities.Embedding && !e.Server.Loading {
			return e.Name
		}
	}
	return ""
}
