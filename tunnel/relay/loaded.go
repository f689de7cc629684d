package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// loadedTimeout is how long a server has to tell which of its models are loaded.
const loadedTimeout = 2 * time.Second

// Loaded asks a server of Ollama's API for its loaded models, as GET /api/ps lists them.
func (l *Relay) Loaded(ctx context.Context, s *catalog.Server) ([]json.RawMessage, error) {
	const limit = 1 << 20
	ctx, cancel := context.WithTimeout(ctx, loadedTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "/api/ps", nil)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", s.ID, err)
	}
	direct(req, s, dialect.Ollama)
	res, err := l.Transport.RoundTrip(req)
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
