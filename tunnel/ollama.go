package tunnel

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/ollama"
)

// serveTags answers GET /api/tags with the models that can be used over Ollama's API.
func (g *Gateway) serveTags(w http.ResponseWriter, r *http.Request) {
	models := []catalog.OllamaModel{}
	for _, e := range g.chooser.models().Shown(callOf(r).device.Pass) {
		if e.Server.Serves(dialect.Ollama) {
			models = append(models, e.Ollama())
		}
	}
	writeJSON(w, r, map[string]any{"models": models})
}

// serveVersion answers GET /api/version.
func (g *Gateway) serveVersion(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, r, map[string]string{"version": g.chooser.models().OllamaVersion()})
}

// serveLoaded answers GET /api/ps with the loaded models of all servers. A server of Ollama's
// API is asked, and has none when it does not answer soon; of the others it is known or not.
func (g *Gateway) serveLoaded(w http.ResponseWriter, r *http.Request) {
	c, pass := g.chooser.models(), callOf(r).device.Pass
	loaded := make([][]json.RawMessage, len(c.Servers))
	var all sync.WaitGroup
	for i := range c.Servers {
		s := &c.Servers[i]
		if !s.Speaks(dialect.Ollama) {
			loaded[i] = c.Loaded(s, pass)
			continue
		}
		all.Go(func() {
			told, err := g.relay.Loaded(r.Context(), s)
			if err != nil {
				g.log.Debug("ask for loaded models", "server", s.ID, "error", err)
			}
			loaded[i] = c.LoadedOf(told, s, pass)
		})
	}
	all.Wait()
	models := []json.RawMessage{} // null is no list to most clients
	for _, some := range loaded {
		models = append(models, some...)
	}
	writeJSON(w, r, map[string]any{"models": models})
}

// unloads reports whether q asks, in Ollama's words, for nothing but to unload a model.
func (q *asked) unloads() bool {
	return q.route.dialect == dialect.Ollama && q.route.generates && q.body.Unloads()
}

// serveUnloaded answers a request to unload a model as Ollama does. The model stays where it is: other
// devices may be using it, and the server lets it go by itself.
func serveUnloaded(w http.ResponseWriter, q *asked, t catalog.Target) {
	answer := ollama.Unloaded(t.Name, strings.HasSuffix(q.route.path, "/chat"))
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(answer)))
	_, _ = w.Write(answer)
}
