package readiness

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// ask gets the list in which a server tells of its models.
func ask(ctx context.Context, servers http.RoundTripper, s *catalog.Server) (status int, text []byte) {
	const limit = 4 << 20
	at := *s.URL
	at.Path = strings.TrimSuffix(at.Path, "/") + s.Prefixes.Place(s.Quirks.States, dialect.OpenAI)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return 0, nil
	}
	if s.Key != "" {
		req.Header.Set("Authorization", "Bearer "+s.Key)
	}
	res, err := servers.RoundTrip(req)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close()
	if text, err = io.ReadAll(io.LimitReader(res.Body, limit)); err != nil {
		return 0, nil
	}
	return res.StatusCode, text
}

// ofList is for servers whose list has a word for each model: LM Studio's own, "state", and that of
// llama.cpp's router and of llama-swap, "status". A llama.cpp with one model lists nothing until it has
// loaded that, and says so with a status of its own.
func ofList(ctx context.Context, servers http.RoundTripper, t catalog.Target) State {
	status, text := ask(ctx, servers, t.Server)
	if status == http.StatusServiceUnavailable && strings.Contains(string(text), "Loading model") {
		return Loading
	}
	var list struct {
		Data []struct {
			ID     string          `json:"id"`
			State  json.RawMessage `json:"state"`
			Status json.RawMessage `json:"status"`
		} `json:"data"`
	}
	if status != http.StatusOK || json.Unmarshal(text, &list) != nil {
		return Unknown
	}
	for _, m := range list.Data {
		if m.ID == t.Model.ID {
			return named(m.State, m.Status)
		}
	}
	return Unknown
}

// named reads the word for a model, which other servers have for other things.
func named(state, status json.RawMessage) State {
	var word string
	var inner struct {
		Value string `json:"value"`
	}
	if json.Unmarshal(state, &word) != nil {
		if json.Unmarshal(status, &inner) != nil {
			return Unknown
		}
		word = inner.Value
	}
	switch word {
	case "loaded":
		return Ready
	case "loading":
		return Loading
	case "not-loaded", "unloaded":
		return Unloaded
	}
	return Unknown
}

// ollamaList is where Ollama tells of the models in its memory.
const ollamaList = "/api/ps"

// Ollama lists a model from the moment at which it begins to load it. Until the first answer has ended nobody has
// said yet until when the model stays, so Ollama makes that up anew for each who asks: "now, and so long"
// (https://github.com/ollama/ollama/blob/v0.6.0/server/routes.go#L1409). A time that differs in
// three looks in a row is such a one. It also does so when the model is there and its first answer under way.
const (
	looks   = 3
	between = 20 * time.Millisecond // more than the grain of any system's clock
)

func ofOllama(ctx context.Context, servers http.RoundTripper, t catalog.Target) State {
	before := ""
	for i := range looks {
		if i > 0 && !rest(ctx) {
			return Unknown
		}
		until, listed := untilWhen(ctx, servers, t)
		switch {
		case listed != Ready:
			return listed
		case until == before:
			return Ready
		}
		before = until
	}
	return Loading
}

// untilWhen is how long Ollama says that it keeps a model, which is Ready if it is listed at all.
func untilWhen(ctx context.Context, servers http.RoundTripper, t catalog.Target) (until string, listed State) {
	status, text := ask(ctx, servers, t.Server)
	var list struct {
		Models *[]struct {
			Name  string `json:"name"`
			Model string `json:"model"`
			Until string `json:"expires_at"`
		} `json:"models"`
	}
	if status != http.StatusOK || json.Unmarshal(text, &list) != nil || list.Models == nil {
		return "", Unknown
	}
	for _, m := range *list.Models {
		if m.Name == t.Model.ID || m.Model == t.Model.ID {
			return m.Until, Ready
		}
	}
	return "", Unloaded
}

// rest reports whether there is time for another look.
func rest(ctx context.Context) bool {
	timer := time.NewTimer(between)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
