package catalog

import (
	"net/url"
	"strings"

	"modelbeam/tunnel/dialect"
)

// Server is a local LLM server that requests can go to.
type Server struct {
	ID       string   // short and stable while it runs; in "model@id"
	Name     string   // for sentences: "Ollama"
	URL      *url.URL // base address; a path is put before every request's path
	Key      string   // bearer token that the server wants, or empty
	Version  string   // as the server told; /api/version answers with the first Ollama server's
	Dialects dialect.Dialect
	Prefixes Prefixes // where its APIs are, if they are not at the usual places
	Models   []Model  // in the order they are listed

	Quirks  Quirks
	Loading bool // is loading its model: it answers nothing until it has
}

// Quirks are where servers of one API differ. StreamUsage and SchemaOnly matter for requests that came
// in Ollama's words: what a client of OpenAI's API asks for is its own business.
type Quirks struct {
	NoStream    bool // refuses "stream": true, as GPT4All does; clients get their stream nevertheless
	StreamUsage bool // takes stream_options.include_usage; without it nobody may learn the number of tokens
	SchemaOnly  bool // refuses response_format json_object, as LM Studio does
	Fronts      bool // passes requests on to servers that may be in the list themselves

	States string // the path of the list that tells which models are in memory; package readiness reads it
}

// Speaks reports whether s understands requests in d as they are.
func (s *Server) Speaks(d dialect.Dialect) bool { return s.Dialects&d != 0 }

// Serves reports whether requests in d can go to s, those in Ollama's words also translated.
func (s *Server) Serves(d dialect.Dialect) bool {
	return s.Speaks(d) || d&dialect.Ollama != 0 && s.Speaks(dialect.OpenAI)
}

// Prefixes is what stands on a server in place of the usual beginnings of its APIs' paths, after
// the path of Server.URL. Open WebUI has OpenAI's chat at /api/chat/completions, which is "/api";
// AnythingLLM's is "/api/v1/openai"; exo's Ollama API is at "/ollama/api". Empty means the usual
// one, "/" means that there is none.
type Prefixes struct {
	OpenAI    string // in place of /v1
	Ollama    string // in place of /api
	Anthropic string // in place of /v1
}

// Place returns where a path of d's API, as the table of routes has it, is on the server.
func (p Prefixes) Place(path string, d dialect.Dialect) string {
	usual, own := "/v1", p.OpenAI
	switch d {
	case dialect.Ollama:
		usual, own = "/api", p.Ollama
	case dialect.Anthropic:
		own = p.Anthropic
	}
	rest, ok := strings.CutPrefix(path, usual)
	if own == "" || !ok {
		return path
	}
	return strings.TrimRight(own, "/") + rest
}
