package tunnel

import (
	"maps"
	"slices"
	"strings"
)

// catalog is all models of all servers at one moment. It never changes; SetServers makes a new one.
type catalog struct {
	servers []Server
	entries []entry            // as /v1/models lists them: without doubles
	byID    map[string][]entry // the bare id -> one entry for each server that has it, in their order
	byName  map[string]string  // a name as Ollama reads it -> the first id that has it
	gone    map[string]string  // models that were here before -> the name of the server they were on
}

// entry is a model under the name that the catalog lists it by.
type entry struct {
	listed string // the bare id, or id@server for all servers but the first that has it
	model  *Model
	server *Server
}

// target is where a request goes.
type target struct {
	server *Server
	model  string // the bare id, as the server knows it
	known  *Model // what the catalog has of it; nil when the request names no model
}

func (t target) serverID() string {
	if t.server == nil {
		return ""
	}
	return t.server.ID
}

// name is the model's one name, however the client called it.
func (t target) name() string {
	if t.known != nil {
		return t.known.ID
	}
	return t.model
}

// maxGone bounds what is remembered of servers that left.
const maxGone = 1000

func newCatalog(servers []Server, old *catalog) *catalog {
	c := &catalog{
		servers: slices.Clone(servers),
		byID:    make(map[string][]entry),
		byName:  make(map[string]string),
		gone:    make(map[string]string),
	}
	direct := directModels(servers)
	for i := range c.servers {
		c.addModels(&c.servers[i], direct)
	}
	c.remember(old)
	return c
}

// directModels are the ids of those models that some server has itself.
func directModels(servers []Server) map[string]bool {
	direct := make(map[string]bool)
	for _, s := range servers {
		for _, m := range s.Models {
			direct[m.ID] = direct[m.ID] || !s.Fronts
		}
	}
	return direct
}

// addModels adds what s has. A model that s only passes on from another server in the list is the
// same model: it is not listed once more, but s is asked for it when the other one fails.
func (c *catalog) addModels(s *Server, direct map[string]bool) {
	for i := range s.Models {
		m := &s.Models[i]
		same := c.byID[m.ID]
		if len(same) > 0 && same[len(same)-1].server == s {
			continue // listed twice by the same server
		}
		e := entry{listed: m.ID, model: m, server: s}
		double := s.Fronts && direct[m.ID]
		if double || slices.ContainsFunc(same, func(other entry) bool { return other.listed == m.ID }) {
			e.listed = m.ID + "@" + s.ID
		}
		c.byID[m.ID] = append(same, e)
		if name := ollamaName(m.ID); c.byName[name] == "" {
			c.byName[name] = m.ID
		}
		if !double {
			c.entries = append(c.entries, e)
		}
	}
}

// remember keeps where the models were that are missing now, for a better sentence than
// "unknown model" to somebody who was in the middle of a chat.
func (c *catalog) remember(old *catalog) {
	if old == nil {
		return
	}
	maps.Copy(c.gone, old.gone)
	for _, e := range old.entries {
		if len(c.gone) < maxGone {
			c.gone[e.model.ID] = e.server.Name
		}
	}
	for id := range c.byID {
		delete(c.gone, id)
	}
}

// resolve finds the servers for a model as a client named it, among those that serve d, the
// preferred one first: "id", "id@server" for that one only, and "id" for Ollama's "id:latest".
// The exact id comes first, because there are ids with an @ of their own.
func (c *catalog) resolve(name string, d Dialect) []target {
	if found := c.resolveBare(name, "", d); len(found) > 0 {
		return found
	}
	if i := strings.LastIndexByte(name, '@'); i > 0 {
		return c.resolveBare(name[:i], name[i+1:], d)
	}
	return nil
}

// resolveBare looks for a model by its bare id, on one server or, when serverID is empty, on all.
// All that it returns know the model by the same name.
func (c *catalog) resolveBare(id, serverID string, d Dialect) []target {
	for _, known := range []string{id, id + ":latest", strings.TrimSuffix(id, ":latest")} {
		// Who lists "id:latest" understands "id" too, but not the other way round.
		if found := c.named(known, id[:min(len(id), len(known))], serverID, d); len(found) > 0 {
			return found
		}
	}
	if known := c.byName[ollamaName(id)]; known != "" {
		return c.named(known, known, serverID, d)
	}
	return nil
}

// named returns the servers that list a model as known, which are to be asked for it by name.
func (c *catalog) named(known, name, serverID string, d Dialect) []target {
	var found []target
	for _, e := range c.byID[known] {
		if (serverID == "" || e.server.ID == serverID) && e.server.serves(d) {
			found = append(found, target{server: e.server, model: name, known: e.model})
		}
	}
	return found
}

// has reports whether t is still in the catalog: its server may have left, or the model been
// hidden, since t was found.
func (c *catalog) has(t target) bool {
	return t.known != nil && slices.ContainsFunc(c.byID[t.known.ID], func(e entry) bool {
		return e.server.ID == t.server.ID
	})
}

// shown returns the entries that a device with p may see, in their order.
func (c *catalog) shown(p *Pass) []entry {
	if p == nil || len(p.Models) == 0 {
		return c.entries
	}
	var shown []entry
	for _, e := range c.entries {
		if p.allows(e.model) {
			shown = append(shown, e)
		}
	}
	return shown
}

// serving returns the servers that requests in d can go to, the default one first.
func (c *catalog) serving(d Dialect) []*Server {
	var all []*Server
	for i := range c.servers {
		if c.servers[i].serves(d) {
			all = append(all, &c.servers[i])
		}
	}
	return all
}

// usual returns the name of the model that requests in d get when they name none, or "". A server
// would take one of its own choice, which may be one that is kept from devices.
func (c *catalog) usual(d Dialect) string {
	for _, e := range c.entries {
		if e.server.serves(d) && !e.model.Embedding && !e.server.Loading {
			return e.listed
		}
	}
	return ""
}

// goneServer returns the name of the server that a model was on before it left, or "".
func (c *catalog) goneServer(name string) string {
	bare := name
	if i := strings.LastIndexByte(name, '@'); i > 0 {
		bare = name[:i]
	}
	for _, id := range []string{name, name + ":latest", bare, bare + ":latest"} {
		if server, ok := c.gone[id]; ok {
			return server
		}
	}
	return ""
}
