package tunnel

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// openAIModel is a model as OpenAI's and Anthropic's lists have it, in one: clients of either
// skip what they do not know. See https://platform.openai.com/docs/api-reference/models and
// https://docs.anthropic.com/en/api/models-list.
type openAIModel struct {
	ID          string `json:"id"`
	Object      string `json:"object"`
	Created     int64  `json:"created"`
	OwnedBy     string `json:"owned_by"`
	Type        string `json:"type"`
	DisplayName string `json:"display_name"`
	CreatedAt   string `json:"created_at"`

	// Capabilities is ours: what the model can do besides chatting, for apps that offer photos only
	// where they are seen. It is missing when that is not known.
	Capabilities []string `json:"capabilities,omitzero"`
	// RemoteHost is ours too, in the word of Ollama's list: where the answers of a model come from that
	// does not run on the laptop.
	RemoteHost string `json:"remote_host,omitempty"`
}

func (e entry) openAI() openAIModel {
	created := e.model.Created
	if created.IsZero() {
		created = e.model.Modified
	}
	if created.IsZero() {
		created = time.Unix(0, 0)
	}
	owner := e.model.Owner
	if owner == "" {
		owner = e.server.ID
	}
	return openAIModel{
		ID: e.listed, Object: "model", Created: created.Unix(), OwnedBy: owner,
		Type: "model", DisplayName: e.listed, CreatedAt: created.UTC().Format(time.RFC3339),
		Capabilities: e.model.capabilities(), RemoteHost: e.model.Cloud,
	}
}

// capabilities are the model's abilities; nil when they are not known.
func (m *Model) capabilities() []string {
	if !m.Known {
		return nil
	}
	all := []string{}
	for _, ability := range []struct {
		name string
		has  bool
	}{{"vision", m.Vision}, {"tools", m.Tools}, {"reasoning", m.Reasoning}, {"embedding", m.Embedding}} {
		if ability.has {
			all = append(all, ability.name)
		}
	}
	return all
}

// serveModels answers GET /v1/models with the models of all servers.
func (g *Gateway) serveModels(w http.ResponseWriter, r *http.Request) {
	list := struct {
		Object  string        `json:"object"`
		Data    []openAIModel `json:"data"`
		HasMore bool          `json:"has_more"`
		FirstID string        `json:"first_id,omitempty"`
		LastID  string        `json:"last_id,omitempty"`
		Loading bool          `json:"loading,omitempty"` // ours: some server is loading its model
	}{Object: "list", Data: []openAIModel{}, Loading: g.models().loading("", OpenAI) != ""}
	for _, e := range g.models().shown(callOf(r).device.Pass) {
		list.Data = append(list.Data, e.openAI())
	}
	if n := len(list.Data); n > 0 {
		list.FirstID, list.LastID = list.Data[0].ID, list.Data[n-1].ID
	}
	writeJSON(w, r, list)
}

// serveModel answers GET /v1/models/{id}.
func (g *Gateway) serveModel(w http.ResponseWriter, r *http.Request) {
	id := callOf(r).modelID
	const any = OpenAI | Ollama | Anthropic
	asked := inquiry{id, any, callOf(r).device.Pass}
	found, f := g.choose(r.Context(), asked)
	if f != nil {
		g.fail(w, r, f)
		return
	}
	for _, e := range g.models().shown(callOf(r).device.Pass) {
		if e.server.ID == found[0].serverID() && (e.listed == id || e.model.ID == found[0].known.ID) {
			writeJSON(w, r, e.openAI())
			return
		}
	}
	g.fail(w, r, g.errModel(asked)) // it left just now
}

func writeJSON(w http.ResponseWriter, r *http.Request, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types only
	}
	body = append(body, '\n')
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
