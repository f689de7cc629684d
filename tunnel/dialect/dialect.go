// Package dialect names the three APIs that clients and LLM servers speak.
package dialect

import "strings"

// Dialect is an API or, where several are meant, a set of them. Its zero value is none.
type Dialect uint8

const (
	OpenAI    Dialect = 1 << iota // /v1/chat/completions and its relatives
	Ollama                        // /api/chat and its relatives
	Anthropic                     // /v1/messages
)

// Any is every dialect.
const Any = OpenAI | Ollama | Anthropic

// Of tells from a path, cleaned or not, which dialect the client speaks, and so which shape of error
// it reads. What cannot be told is OpenAI's, which most clients understand.
func Of(path string) Dialect {
	switch {
	case strings.HasPrefix(path, "/api/"):
		return Ollama
	case strings.Contains(path, "/messages"):
		return Anthropic
	}
	return OpenAI
}

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
