// Package llm finds the LLM servers on this machine: Ollama, LM Studio, llama.cpp and everything
// else that speaks the OpenAI dialect. It looks at the sockets that listen on loopback, tells the
// servers apart by what only they answer, and keeps its list up to date while servers and models come
// and go. It never asks for anything that makes a server work: no model is loaded, nothing is generated.
//
// # Usage
//
// A [Scanner] looks at this machine, once or for as long as its context lasts:
//
//	scanner := llm.Scanner{Logger: log}
//	for _, s := range scanner.Scan(ctx) {
//		fmt.Println(s.Name, s.URL, len(s.Models))
//	}
//	scanner.Watch(ctx, func(servers []llm.Server) { ... })
//
// [Probe] looks at one server at an address that a person has typed, which may be on any machine, and a
// [Follower] keeps looking at it. Both return an [Error], whose [Cause] says why there is no server. No
// sentence in this package is meant for people: wording is left to whoever shows the result.
//
// # How a server gets into the list
//
//	listening  what listens, from package sockets or by knocking at ports
//	places     which of it is worth a visit, and when
//	visit      the questions to one server, each asked once
//	identify   which row of the table of kinds the answers fit
//	models     what it can be asked for; details: what the list of models leaves open
//	children   leaves out engines that another server has started
//	watch      who is told, and when
//
// # The table of kinds
//
// What is known of each kind of server is one row of a table. Rows stand in kinds_page.go, kinds_owner.go
// or kinds_question.go, after what tells such a server from all others; kinds.go says what a row may have.
// A new way in which servers differ is a field of [Quirks] and the rows that set it. The sources are the
// servers' own code and documentation. The dialects are those of
// https://platform.openai.com/docs/api-reference, https://docs.ollama.com/api and
// https://docs.anthropic.com/en/api.
package llm

import (
	"net/url"
	"time"
)

// Dialect is a set of the languages that a server speaks.
type Dialect uint8

const (
	OpenAI    Dialect = 1 << iota // /v1/chat/completions and its family
	Ollama                        // /api/chat and its family
	Anthropic                     // /v1/messages
)

// Server is an LLM server that was found. It is a plain value. What its pointers and slices refer to
// never changes after it was handed out, so it may be kept, and read from any goroutine.
type Server struct {
	// Kind is the product, in a form that stays the same: "ollama", "lmstudio", "llamacpp", "vllm",
	// and so on; "openai" for a server of the OpenAI dialect that does not say what it is.
	Kind string
	// Name is the product's name for people: "Ollama", "vLLM"; "OpenAI-compatible server" where
	// the server does not say what it is.
	Name string
	// URL is its address, without a slash at the end: http://127.0.0.1:11434.
	URL *url.URL
	// Version is empty where the server does not say.
	Version string
	// Dialects are what it speaks.
	Dialects Dialect
	// Paths are where these dialects begin, below URL.
	Paths Paths
	// Quirks are where servers of its kind differ from others of the same dialect.
	Quirks Quirks
	// Models are what it can be asked for, in the server's own order. There are none while it is still
	// loading its first, and usually while it wants a key.
	Models []Model
	// NeedsKey says that it wants a key that we do not have: to show its models, or to do anything
	// with them.
	NeedsKey bool
	// Loading says that it is loading its model, and answers nothing until then. It may take minutes.
	Loading bool
	// User is the login name of another person of this machine whose server this is. It is empty for
	// our own, for root's and services' (such as the account of Ollama's installer), and where the
	// system does not tell. Ask before sharing it: that person can read whatever it is asked.
	User string
}

// CloudModels are the Models that a service on the internet answers for, each with the service's host. It is
// nil if there are none.
func (s Server) CloudModels() map[string]string {
	var all map[string]string
	for _, m := range s.Models {
		if m.Cloud != "" {
			if all == nil {
				all = make(map[string]string)
			}
			all[m.ID] = m.Cloud
		}
	}
	return all
}

// Paths are where each dialect begins on a server, without a slash at the end. What other servers have at
// /v1/chat/completions is at OpenAI + "/chat/completions", /api/chat at Ollama + "/chat", and /v1/messages
// at Anthropic + "/messages". All are set, also those of dialects that the server does not speak.
type Paths struct {
	OpenAI    string // "/v1" nearly everywhere
	Ollama    string // "/api" nearly everywhere
	Anthropic string // "/v1" nearly everywhere
}

// Quirks are where servers that speak the same dialect differ. They follow from the kind of server alone. The
// zero value is a server that is like most others, as far as anybody knows.
type Quirks struct {
	// NoStream says that the server refuses requests which want their answer as a stream.
	NoStream bool
	// StreamUsage says that the server takes stream_options.include_usage, and then tells the number of
	// tokens at the end of a stream. A server without it may take the option as well, or refuse it.
	StreamUsage bool
	// SchemaOnly says that the server refuses the response_format json_object.
	SchemaOnly bool
	// Fronts says that the server passes requests on to other servers, which may be in the list
	// themselves: a model that both have is one model.
	Fronts bool
	// States is the path of the list in which the server tells of each model whether it is in memory, as far as
	// that is a page for everybody; empty where it does not tell.
	States string
}

// Model is a model as a server lists it. Everything but the ID is zero where the list is silent.
type Model struct {
	ID           string // the name to ask for it by
	Size         int64  // bytes, on disk
	Context      int    // the longest context that it takes, in tokens
	Parent       string // the model that it was made from, as Ollama tells it
	Format       string // "gguf"
	Family       string // "llama"
	Parameters   string // "8.0B"
	Quantization string // "Q4_K_M"
	Digest       string // of its content, as Ollama tells it
	Modified     time.Time
	// Families are those of all its parts, with spaces between them: "llama clip" takes pictures. They are
	// one string so that models can be compared with ==.
	Families string
	// Abilities are what it can do.
	Abilities Abilities
	// Loaded says that it is in memory now, as far as the list tells.
	Loaded bool
	// Cloud is the host that answers for it, such as "ollama.com", where the server only passes on
	// what it is asked. Empty: it runs where the server does.
	Cloud string

	// entry is a hash of all that the list says of it. As long as that stays the same, what the list leaves out is
	// not asked for again. It is 0 where all has to be read and asked for anew.
	entry uint64
	// open says that what the list leaves out is still to be asked for.
	open bool
}

// forgotten says that not even the list counts any more: see forget.
func (m Model) forgotten() bool { return m.entry == 0 }

// incomplete says that there is something left to ask about the model.
func (m Model) incomplete() bool { return m.open || m.forgotten() }

// Abilities are what a model can do.
type Abilities struct {
	// Embedding says that the model turns text into vectors and cannot chat. It is a guess from
	// the name where the server has no better word for it.
	Embedding bool
	// Vision says that the model takes pictures.
	Vision bool
	// Tools says that the model calls functions.
	Tools bool
	// Reasoning says that the model thinks aloud before it answers.
	Reasoning bool
	// Known says that the server tells what the model can do, at least whether it takes pictures;
	// an ability that the server has no word for counts as missing then. Without it the abilities
	// that are false are merely not known.
	Known bool
}

// equal ignores what only this package remembers of a model.
func (m Model) equal(other Model) bool {
	m.entry, m.open = other.entry, other.open
	return m == other
}
