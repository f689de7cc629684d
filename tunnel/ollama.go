package tunnel

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// serveTags answers GET /api/tags with the models that can be used over Ollama's API.
func (g *Gateway) serveTags(w http.ResponseWriter, r *http.Request) {
	models := []ollamaModel{}
	for _, e := range g.models().shown(callOf(r).device.Pass) {
		if e.server.serves(Ollama) {
			models = append(models, e.ollama())
		}
	}
	writeJSON(w, r, map[string]any{"models": models})
}

// serveRunning answers GET /api/ps with the loaded models of all servers. A server of Ollama's
// API is asked, and has none when it does not answer soon; of the others it is known or not.
func (g *Gateway) serveRunning(w http.ResponseWriter, r *http.Request) {
	c, pass := g.models(), callOf(r).device.Pass
	loaded := make([][]json.RawMessage, len(c.servers))
	var asked sync.WaitGroup
	for i := range c.servers {
		s := &c.servers[i]
		if !s.speaks(Ollama) {
			loaded[i] = c.loaded(s, pass)
			continue
		}
		asked.Go(func() {
			all, err := g.askRunning(r.Context(), s)
			if err != nil {
				g.log.Debug("ask for loaded models", "server", s.ID, "error", err)
			}
			loaded[i] = c.known(all, s, pass)
		})
	}
	asked.Wait()
	models := []json.RawMessage{} // null is no list to most clients
	for _, some := range loaded {
		models = append(models, some...)
	}
	writeJSON(w, r, map[string]any{"models": models})
}

// known drops from what s told the models that a device with p may not see, and those that are
// kept from all devices, and completes the others.
func (c *catalog) known(told []json.RawMessage, s *Server, p *Pass) []json.RawMessage {
	var models []json.RawMessage
	for _, text := range told {
		if e, ok := c.entryOf(text, s, p); ok {
			models = append(models, e.completed(text))
		}
	}
	return models
}

// entryOf finds the model that s told of in text, if a device with p may see it.
func (c *catalog) entryOf(text json.RawMessage, s *Server, p *Pass) (e entry, ok bool) {
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
		found := c.resolveBare(name, s.ID, Ollama)
		if len(found) == 0 || !p.allows(found[0].known) {
			return e, false
		}
		e, ok = entry{listed: name, model: found[0].known, server: s}, true
	}
	return e, ok
}

// loaded returns the models of s that are known to be loaded, as /api/ps lists them, as far as a
// device with p may see them.
func (c *catalog) loaded(s *Server, p *Pass) []json.RawMessage {
	var models []json.RawMessage
	for _, e := range c.shown(p) {
		if e.server != s || !e.model.Loaded || !s.serves(Ollama) {
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

func (g *Gateway) askRunning(ctx context.Context, s *Server) ([]json.RawMessage, error) {
	const limit = 1 << 20
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "/api/ps", nil)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", s.ID, err)
	}
	direct(req, s, Ollama)
	res, err := g.transport.RoundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", s.ID, err)
	}
	defer res.Body.Close()
	var list struct {
		Models []json.RawMessage `json:"models"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, limit)).Decode(&list); err != nil {
		return nil, fmt.Errorf("read loaded models of %s: %w", s.ID, err)
	}
	return list.Models, nil
}
