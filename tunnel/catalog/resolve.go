package catalog

import (
	"slices"
	"strings"

	"modelbeam/tunnel/dialect"
)

// Inquiry is a model that somebody asks for: by which name, in which dialects, and with which pass.
type Inquiry struct {
	Name    string // empty when the request names none
	Dialect dialect.Dialect
	Pass    *Pass
}

// Target is where a request can go: a server, and the name by which to ask it for the model.
type Target struct {
	Server *Server
	Name   string // as the server knows the model; empty when the request names none
	Model  *Model // nil when the request names none
}

// ServerID is the ID of the target's server; "" for the zero Target.
func (t Target) ServerID() string {
	if t.Server == nil {
		return ""
	}
	return t.Server.ID
}

// ModelID is the model's one id, however the client wrote it.
func (t Target) ModelID() string {
	if t.Model != nil {
		return t.Model.ID
	}
	return t.Name
}

// Loading reports whether the target's server would only say that its model is being loaded.
func (t Target) Loading() bool { return t.Server.Loading }

// Find returns the targets for an inquiry, in a slice of the caller's own, the preferred one first: when that fails before it has answered,
// package relay asks the next. What the pass is not for is not
// found.
func (c *Catalog) Find(q Inquiry) []Target {
	if q.Name != "" {
		return slices.DeleteFunc(c.Resolve(q.Name, q.Dialect), func(t Target) bool { return !q.Pass.Allows(t.Model) })
	}
	for _, s := range c.Serving(q.Dialect) {
		if len(s.Models) > 0 { // or the default would be a model that is kept from devices
			return []Target{{Server: s}} // what another one would take for its default is another model
		}
	}
	return nil
}

// Resolve finds the servers for a model as a client named it, among those that serve d, the
// preferred one first: "id", "id@server" for that one only, and "id" for Ollama's "id:latest".
// The exact id comes first, because there are ids with an @ of their own.
func (c *Catalog) Resolve(name string, d dialect.Dialect) []Target {
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
func (c *Catalog) resolveBare(id, serverID string, d dialect.Dialect) []Target {
	if found := c.named(id, id, serverID, d); len(found) > 0 {
		return found // as for nearly all: the other names are not even made
	}
	// A server that lists "id:latest" understands "id" too, but not the other way round.
	if found := c.named(id+":latest", id, serverID, d); len(found) > 0 {
		return found
	}
	if bare, latest := strings.CutSuffix(id, ":latest"); latest {
		if found := c.named(bare, bare, serverID, d); len(found) > 0 {
			return found
		}
	}
	if known := c.byName()[ollamaName(id)]; known != "" {
		return c.named(known, known, serverID, d)
	}
	return nil
}

// named returns the servers that list a model as id, which are to be asked for it by name.
func (c *Catalog) named(id, name, serverID string, d dialect.Dialect) []Target {
	var found []Target
	for _, e := range c.byID[id] {
		if (serverID == "" || e.Server.ID == serverID) && e.Server.Serves(d) {
			found = append(found, Target{Server: e.Server, Name: name, Model: e.Model})
		}
	}
	return found
}

// Has reports whether t is still in the catalog: its server may have left, or the model been
// hidden, since t was found.
func (c *Catalog) Has(t Target) bool {
	return t.Model != nil && slices.ContainsFunc(c.byID[t.Model.ID], func(e Entry) bool {
		return e.Server.ID == t.Server.ID
	})
}

// Loading returns the name of a server that may have the model once it is loaded: while it loads,
// not every server tells what. An empty name means any model. It is "" where there is no such server.
func (c *Catalog) Loading(name string, d dialect.Dialect) string {
	for _, s := range c.Serving(d) {
		has := func(m Model) bool { return name == "" || m.ID == name }
		if s.Loading && (len(s.Models) == 0 || slices.ContainsFunc(s.Models, has)) {
			return s.Name
		}
	}
	return ""
}

// Gone returns the name of the server that a model was on before it left, or "".
func (c *Catalog) Gone(name string) string {
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
