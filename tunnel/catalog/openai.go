package catalog

import "time"

// OpenAIModel is a model as OpenAI's and Anthropic's lists have it, in one: clients of either
// skip what they do not know. See https://platform.openai.com/docs/api-reference/models and
// https://docs.anthropic.com/en/api/models-list.
type OpenAIModel struct {
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

// OpenAI is e as a list of OpenAI's or Anthropic's API has it.
func (e Entry) OpenAI() OpenAIModel {
	created := e.Model.Created
	if created.IsZero() {
		created = e.Model.Modified
	}
	if created.IsZero() {
		created = time.Unix(0, 0)
	}
	owner := e.Model.Owner
	if owner == "" {
		owner = e.Server.ID
	}
	return OpenAIModel{
		ID: e.Name, Object: "model", Created: created.Unix(), OwnedBy: owner,
		Type: "model", DisplayName: e.Name, CreatedAt: created.UTC().Format(time.RFC3339),
		Capabilities: e.Model.capabilities(), RemoteHost: e.Model.Cloud,
	}
}

// capabilities are the model's abilities; nil when they are not known.
func (m *Model) capabilities() []string {
	can := m.Abilities
	if !can.Known {
		return nil
	}
	all := []string{}
	for _, ability := range []struct {
		name string
		has  bool
	}{{"vision", can.Vision}, {"tools", can.Tools}, {"reasoning", can.Reasoning}, {"embedding", can.Embedding}} {
		if ability.has {
			all = append(all, ability.name)
		}
	}
	return all
}
