package tunnel

import (
	"encoding/json"
	"net/http"
	"strconv"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/readiness"
)

// serveModels answers GET /v1/models with the models of all servers.
func (g *Gateway) serveModels(w http.ResponseWriter, r *http.Request) {
	c := g.chooser.models()
	list := struct {
		Object  string                `json:"object"`
		Data    []catalog.OpenAIModel `json:"data"`
		HasMore bool                  `json:"has_more"`
		FirstID string                `json:"first_id,omitempty"`
		LastID  string                `json:"last_id,omitempty"`
		Loading bool                  `json:"loading,omitempty"` // ours: some server is loading its model
	}{Object: "list", Data: []catalog.OpenAIModel{}, Loading: c.Loading("", dialect.OpenAI) != ""}
	for _, e := range c.Shown(callOf(r).device.Pass) {
		list.Data = append(list.Data, e.OpenAI())
	}
	if n := len(list.Data); n > 0 {
		list.FirstID, list.LastID = list.Data[0].ID, list.Data[n-1].ID
	}
	writeJSON(w, r, list)
}

// serveModel answers GET /v1/models/{id}.
func (g *Gateway) serveModel(w http.ResponseWriter, r *http.Request) {
	q := catalog.Inquiry{Name: callOf(r).modelID, Dialect: dialect.Any, Pass: callOf(r).device.Pass}
	found, f := g.chooser.find(r.Context(), q)
	if f != nil {
		fail(w, r, f)
		return
	}
	for _, e := range g.chooser.models().Shown(q.Pass) {
		if e.Server.ID == found[0].ServerID() && (e.Name == q.Name || e.Model.ID == found[0].ModelID()) {
			writeJSON(w, r, e.OpenAI())
			return
		}
	}
	fail(w, r, g.chooser.notFound(q)) // it left just now
}

// serveReadiness answers GET /readiness: whether the model that a phone waits for is in memory yet. What its
// pass is not for is not found, as everywhere. A server that is loading its only model is no error here.
func (g *Gateway) serveReadiness(w http.ResponseWriter, r *http.Request) {
	q := catalog.Inquiry{Name: r.URL.Query().Get("model"), Dialect: dialect.Any, Pass: callOf(r).device.Pass}
	state := readiness.Loading
	switch found, f := g.chooser.find(r.Context(), q); {
	case f == nil:
		state = g.readiness.Of(r.Context(), g.transport, found[0])
	case f.Code != "model_loading":
		fail(w, r, f)
		return
	}
	writeJSON(w, r, map[string]readiness.State{"state": state})
}

// writeJSON answers with a value of ours.
func writeJSON(w http.ResponseWriter, r *http.Request, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types only
	}
	text = append(text, '\n')
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodHead {
		_, _ = w.Write(text)
	}
}
