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
}

func (e entry) ollama() ollamaModel {
	return ollamaModel{
		Name: e.listed, Model: e.listed, ModifiedAt: e.model.Modified,
		Size: e.model.Size, Digest: e.model.Digest, Details: e.model.Details,
	}
}

// serveTags answers GET /api/tags with the models that can be used over Ollama's API.
func (g *Gateway) serveTags(w http.ResponseWriter, r *http.Request) {
	models := []ollamaModel{}
	for _, e := range g.models().entries {
		if e.server.Dialects&Ollama != 0 {
			models = append(models, e.ollama())
		}
	}
	writeJSON(w, r, map[string]any{"models": models})
}

// serveVersion answers GET /api/version.
func (g *Gateway) serveVersion(w http.ResponseWriter, r *http.Request) {
	version := ollamaVersion
	if servers := g.models().serving(Ollama); len(servers) > 0 && servers[0].Version != "" {
		version = servers[0].Version
	}
	writeJSON(w, r, map[string]string{"version": version})
}

// serveRunning answers GET /api/ps with the loaded models of all Ollama servers. A server that
// does not answer soon has none.
func (g *Gateway) serveRunning(w http.ResponseWriter, r *http.Request) {
	servers := g.models().serving(Ollama)
	loaded := make([][]json.RawMessage, len(servers))
	var asked sync.WaitGroup
	for i, s := range servers {
		asked.Go(func() {
			var err error
			if loaded[i], err = g.askRunning(r.Context(), s); err != nil {
				g.log.Debug("ask for loaded models", "server", s.ID, "error", err)
			}
		})
	}
	asked.Wait()
	models := []json.RawMessage{}
	for _, part := range loaded {
		models = append(models, part...)
	}
	writeJSON(w, r, map[string]any{"models": models})
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
