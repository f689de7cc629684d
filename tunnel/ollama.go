package tunnel

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// ollamaVersion is told where no Ollama server runs. Clients compare it with the version that
// brought the functions they need; this is the first one whose API is all that is listed here.
const ollamaVersion = "0.5.0"

// ollamaModel is a model as /api/tags lists it.
// See https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models.
type ollamaModel struct {
	Name       string    `json:"name"`
	Model      string    `json:"model"`
	ModifiedAt time.Time `json:"modified_at"`
	Size       int64     `json:"size"`
	Digest     string    `json:"digest"`
	Details    Details   `json:"details"`
	RemoteHost string    `json:"remote_host,omitempty"`
}

func (e entry) ollama() ollamaModel {
	details := e.model.Details
	if details.Families == nil {
		details.Families = []string{} // some clients take it for a list without looking
	}
	return ollamaModel{
		Name: e.listed, Model: e.listed, ModifiedAt: e.model.modified(),
		Size: e.model.Size, Digest: e.model.Digest, Details: details,
		RemoteHost: e.model.Cloud,
	}
}

// modified is when the model was last changed, as far as is known.
func (m *Model) modified() time.Time {
	switch {
	case !m.Modified.IsZero():
		return m.Modified
	case !m.Created.IsZero():
		return m.Created
	}
	return time.Unix(0, 0).UTC() // the year 1 is before what some clients can show
}

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

// serveVersion answers GET /api/version.
func (g *Gateway) serveVersion(w http.ResponseWriter, r *http.Request) {
	version := ollamaVersion
	for _, s := range g.models().serving(Ollama) {
		if s.speaks(Ollama) && s.Version != "" {
			version = s.Version
			break
		}
	}
	writeJSON(w, r, map[string]string{"version": version})
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
	writeJSON(w, r, map[string]any{"models": slices.Concat([]json.RawMessage{}, slices.Concat(loaded...))})
}

// known drops from what s told the models that a device with p may not see, and those that are
// kept from all devices.
func (c *catalog) known(told []json.RawMessage, s *Server, p *Pass) []json.RawMessage {
	return slices.DeleteFunc(told, func(text json.RawMessage) bool {
		var m struct {
			Name  string `json:"name"`
			Model string `json:"model"`
		}
		if json.Unmarshal(text, &m) != nil {
			return true
		}
		for _, name := range []string{m.Name, m.Model} {
			found := c.resolveBare(name, s.ID, Ollama)
			if name != "" && (len(found) == 0 || !p.allows(found[0].known)) {
				return true
			}
		}
		return m.Name == "" && m.Model == ""
	})
}

// loaded returns the models of s that are known to be loaded, as /api/ps lists them, as far as a
// device with p may see them.
func (c *catalog) loaded(s *Server, p *Pass) []json.RawMessage {
	var models []json.RawMessage
	for _, e := range c.shown(p) {
		if e.server != s || !e.model.Loaded || !s.serves(Ollama) {
			continue
		}
		text, err := json.Marshal(struct {
			ollamaModel
			Context int `json:"context_length,omitempty"`
		}{e.ollama(), e.model.Context})
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
