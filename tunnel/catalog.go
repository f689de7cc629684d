package tunnel

import (
	"maps"
	"slices"
	"strings"
)

// catalog is all models of all servers at one moment. It never changes; SetServers makes a new one.
type catalog struct {
	servers []Server
	entries []entry            // as /v1/models lists them
	byID    map[string][]entry // the bare id -> one entry for each server that has it, in their order
	gone    map[string]string  // models that were here before -> the name of the server they were on
}

// entry is a model under the name that the catalog lists it by.
type entry struct {
	listed string // the bare id, or id@server for all servers but the first that has it
	model  Model
	server *Server
}

// target is where a request goes.
type target struct {
	server *Server
	model  string // the bare id, as the server knows it
}

func (t target) serverID() string {
	if t.server == nil {
		return ""
	}
	return t.server.ID
}

// maxGone bounds what is remembered of servers that left.
const maxGone = 1000

func newCatalog(servers []Server, old *catalog) *catalog {
	c := &catalog{
		servers: slices.Clone(servers),
		byID:    make(map[string][]entry),
		gone:    make(map[string]string),
	}
	for i := range c.servers {
		c.addModels(&c.servers[i])
	}
	c.remember(old)
	return c
}

func (c *catalog) addModels(s *Server) {
	for _, m := range s.Models {
		e := entry{listed: m.ID, model: m, server: s}
		same := c.byID[m.ID]
		if len(same) > 0 {
			if same[len(same)-1].server == s {
				continue // listed twice by the same server
			}
			e.listed = m.ID + "@" + s.ID
		}
		c.byID[m.ID] = append(same, e)
		c.entries = append(c.entries, e)
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

// resolve finds the server for a model as a client named it, among those that speak d: "id",
// "id@server", and "id" for Ollama's "id:latest". The exact id comes first, because there are
// ids with an @ of their own.
func (c *catalog) resolve(name string, d Dialect) (target, bool) {
	if t, ok := c.resolveBare(name, "", d); ok {
		return t, true
	}
	if i := strings.LastIndexByte(name, '@'); i > 0 {
		return c.resolveBare(name[:i], name[i+1:], d)
	}
	return target{}, false
}

// resolveBare looks for a model by its bare id, on one server or, when serverID is empty, on any.
func (c *catalog) resolveBare(id, serverID string, d Dialect) (target, bool) {
	for _, known := range []string{id, id + ":latest", strings.TrimSuffix(id, ":latest")} {
		for _, e := range c.byID[known] {
			if (serverID != "" && e.server.ID != serverID) || e.server.Dialects&d == 0 {
				continue
			}
			// Who lists "id:latest" understands "id" too, but not the other way round.
			return target{server: e.server, model: id[:min(len(id), len(known))]}, true
		}
	}
	return target{}, false
}

// speaking returns the servers that speak d, the default one first.
func (c *catalog) speaking(d Dialect) []*Server {
	var all []*Server
	for i := range c.servers {
		if c.servers[i].Dialects&d != 0 {
			all = append(all, &c.servers[i])
		}
	}
	return all
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
