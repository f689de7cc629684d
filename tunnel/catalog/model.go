package catalog

import "time"

// Model is one model of one server. All but ID is optional and only told on: to clients of
// the OpenAI dialect the ID, Created and Owner; to those of Ollama's the rest.
type Model struct {
	ID       string
	Created  time.Time // zero: Modified stands in
	Owner    string    // empty: the server's ID
	Modified time.Time
	Size     int64 // bytes on disk
	Digest   string
	Details  Details
	Loaded   bool // in memory now, as far as is known; servers of Ollama's API are asked themselves

	Context   int // the longest context that it takes, in tokens; 0: unknown
	Abilities Abilities

	Cloud string // the host that answers for it, where the server only passes it on; empty: it runs here
}

// Abilities are what a model can do, for apps that offer photos only where they are seen.
type Abilities struct {
	Embedding bool // turns text into vectors and cannot chat
	Vision    bool // takes pictures
	Tools     bool // calls functions
	Reasoning bool // thinks aloud
	Known     bool // the server tells; without it an ability that is false is merely not known
}

// Details is what Ollama tells about a model's make, in the words of its API.
type Details struct {
	ParentModel       string   `json:"parent_model"`
	Format            string   `json:"format"`
	Family            string   `json:"family"`
	Families          []string `json:"families"`
	ParameterSize     string   `json:"parameter_size"`
	QuantizationLevel string   `json:"quantization_level"`
}
