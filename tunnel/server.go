package tunnel

import (
	"net/url"
	"strings"
	"time"
)

// Dialect is a set of APIs that a server speaks.
type Dialect uint8

const (
	OpenAI    Dialect = 1 << iota // /v1/chat/completions and its relatives
	Ollama                        // /api/chat and its relatives
	Anthropic                     // /v1/messages
)

// String names the API for a sentence to a person.
func (d Dialect) String() string {
	switch d {
	case OpenAI:
		return "OpenAI's API"
	case Ollama:
		return "Ollama's API"
	case Anthropic:
		return "Anthropic's API"
	}
	return "this API"
}

// Server is a local LLM server that requests can go to.
type Server struct {
	ID       string   // short and stable while it runs; in "model@id"
	Name     string   // for sentences: "Ollama"
	URL      *url.URL // base address; a path is put before every request's path
	Key      string   // bearer token that the server wants, or empty
	Version  string   // as the server told; /api/version answers with the first Ollama server's
	Dialects Dialect
	Prefixes Prefixes // where its APIs are, if they are not at the usual places
	Models   []Model  // in the order they are listed

	// Where servers of OpenAI's API differ. The first two matter for requests that came in Ollama's
	// words: what a client of OpenAI's API asks for is its own business.
	StreamUsage bool // takes stream_options.include_usage; without it nobody may learn the number of tokens
	SchemaOnly  bool // refuses response_format json_object, as LM Studio does
	NoStream    bool // refuses "stream": true, as GPT4All does; clients get their stream nevertheless

	Fronts  bool // passes requests on to servers that may be in the list themselves
	Loading bool // is loading its model: it answers nothing until it has
}

// speaks reports whether s understands requests in d as they are.
func (s *Server) speaks(d Dialect) bool { return s.Dialects&d != 0 }

// serves reports whether requests in d can go to s, those in Ollama's words also translated.
func (s *Server) serves(d Dialect) bool {
	return s.speaks(d) || d&Ollama != 0 && s.speaks(OpenAI)
}

// Prefixes is what stands on a server in place of the usual beginnings of its APIs' paths, behind
// the path of Server.URL. Open WebUI has OpenAI's chat at /api/chat/completions, which is "/api";
// AnythingLLM's is "/api/v1/openai"; exo's Ollama API is at "/ollama/api". Empty means the usual
// one, "/" means that there is none.
type Prefixes struct {
	OpenAI    string // in place of /v1
	Ollama    string // in place of /api
	Anthropic string // in place of /v1
}

// place returns where a path of d's API, as the table of routes has it, is on the server.
func (p Prefixes) place(path string, d Dialect) string {
	usual, own := "/v1", p.OpenAI
	switch d {
	case Ollama:
		usual, own = "/api", p.Ollama
	case Anthropic:
		own = p.Anthropic
	}
	rest, ok := strings.CutPrefix(path, usual)
	if own == "" || !ok {
		return path
	}
	return strings.TrimRight(own, "/") + rest
}

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

	// What is known of its abilities, for apps that are given a list.
	Context                  int  // the longest context in tokens; 0: unknown
	Embedding                bool // turns text into vectors and cannot chat
	Vision, Tools, Reasoning bool
	Known                    bool // the abilities are known, not merely false

	Cloud string // the host that answers for it, where the server only passes it on; empty: it runs here
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
