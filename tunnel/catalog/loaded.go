package catalog

import (
	"encoding/json"

	"modelbeam/tunnel/dialect"
)

// LoadedOf is what s told of its loaded models, each as /api/ps lists it, without those that a device with
// p may not see and those that are kept from all devices. What the others lack is filled in.
func (c *Catalog) LoadedOf(told []json.RawMessage, s *Server, p *Pass) []json.RawMessage {
	var models []json.RawMessage
	for _, text := range told {
		if e, ok := c.entryOf(text, s, p); ok {
			models = append(models, e.completed(text))
		}
	}
	return models
}

// entryOf finds the model that s told of in text, if a device with p may see it.
func (c *Catalog) entryOf(text json.RawMessage, s *Server, p *Pass) (e Entry, ok bool) {
	var m struct {
		Name  string `json:"name"`
		Model string `json:"model"`
	}
	if json.Unmarshal(text, &m) != nil {
		return e, false
	}
	for _, name := range []string{m.Name, m.Model} {
		if name == "" {
			continue
		}
		found := c.resolveBare(name, s.ID, dialect.Ollama)
		if len(found) == 0 || !p.Allows(found[0].Model) {
			return e, false
		}
		e, ok = Entry{Name: name, Model: found[0].Model, Server: s}, true
	}
	return e, ok
}

// Loaded returns the models of s that are known to be loaded without asking it, as /api/ps lists them, as
// far as a device with p may see them.
func (c *Catalog) Loaded(s *Server, p *Pass) []json.RawMessage {
	var models []json.RawMessage
	for _, e := range c.Shown(p) {
		if e.Server != s || !e.Model.Loaded || !s.Serves(dialect.Ollama) {
			continue
		}
		text, err := json.Marshal(e.loaded())
		if err != nil {
			panic(err) // our own types only
		}
		models = append(models, text)
	}
	return models
}
