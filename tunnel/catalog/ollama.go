package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// OllamaModel is a model as /api/tags lists it.
// See https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models.
type OllamaModel struct {
	Name       string    `json:"name"`
	Model      string    `json:"model"`
	ModifiedAt time.Time `json:"modified_at"`
	Size       int64     `json:"size"`
	Digest     string    `json:"digest"`
	Details    Details   `json:"details"`
	RemoteHost string    `json:"remote_host,omitempty"`
}

// loadedModel is a model as /api/ps lists it. How much of it is in the memory of a graphics card, and
// until when, only Ollama tells; its clients want to read both.
// See https://github.com/ollama/ollama/blob/main/docs/api.md#list-running-models.
type loadedModel struct {
	OllamaModel
	ExpiresAt time.Time `json:"expires_at"`
	SizeVRAM  int64     `json:"size_vram"`
	Context   int       `json:"context_length,omitempty"`
}

// staysLoaded is how Ollama itself writes that a model is not unloaded: its command line tool says
// "Forever" for a time so far ahead, and "Stopping..." for one that is over.
var staysLoaded = time.Date(2318, 1, 1, 0, 0, 0, 0, time.UTC)

// Ollama is e as a list of Ollama's API has it.
func (e Entry) Ollama() OllamaModel {
	return OllamaModel{
		Name: e.Name, Model: e.Name, ModifiedAt: e.Model.modified(),
		Size: e.Model.Size, Digest: e.digest(), Details: e.Model.details(),
		RemoteHost: e.Model.Cloud,
	}
}

func (e Entry) loaded() loadedModel {
	return loadedModel{OllamaModel: e.Ollama(), ExpiresAt: staysLoaded, Context: e.Model.Context}
}

// details are the model's, in a form that clients can read without looking: a list is one.
func (m *Model) details() Details {
	d := m.Details
	if d.Families == nil {
		d.Families = []string{}
	}
	return d
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

// digestForm is what Ollama's digests look like. Its command line tool cuts the first twelve characters
// off without looking, and Reins tells models apart by nothing else.
var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// digest is the one that the server tells, or else one made up, which stays the same for as long as the
// model and its server have their names.
func (e Entry) digest() string {
	if told := strings.TrimPrefix(e.Model.Digest, "sha256:"); digestForm.MatchString(told) {
		return told
	}
	sum := sha256.Sum256([]byte("modelbeam\x00" + e.Server.ID + "\x00" + e.Model.ID))
	return hex.EncodeToString(sum[:])
}

// completed is what a server told of a loaded model, with what Ollama's clients want to read besides.
// Others speak Ollama's API too, and leave out what they do not have.
func (e Entry) completed(told json.RawMessage) json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(told, &m) != nil {
		return told
	}
	var digest string
	if json.Unmarshal(m["digest"], &digest) != nil || !digestForm.MatchString(digest) {
		delete(m, "digest")
	}
	var all map[string]json.RawMessage
	own, err := json.Marshal(e.loaded())
	if err != nil || json.Unmarshal(own, &all) != nil {
		panic(err) // our own types only
	}
	for name, value := range m {
		if string(value) != "null" {
			all[name] = value
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return told
	}
	return text
}
