package catalog

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// usualContext is told of a model whose longest context nobody knows: as much as Ollama gives a model
// by itself (OLLAMA_CONTEXT_LENGTH in https://docs.ollama.com/faq).
const usualContext = 4096

// Show is the answer to POST /api/show, as JSON, for a server that does not know this request: what the
// catalog has of the model. It is for a target with a Model.
func (t Target) Show() []byte {
	e := Entry{Model: t.Model, Server: t.Server}.Ollama()
	text, err := json.Marshal(map[string]any{
		"license": "", "modelfile": "", "parameters": "", "template": "", "system": "", // no server tells
		"details": e.Details, "modified_at": e.ModifiedAt,
		"model_info": t.Model.info(), "capabilities": t.Model.OllamaCapabilities(),
	})
	if err != nil {
		panic(err) // our own types only
	}
	return text
}

// info are the facts that Ollama reads in a model's file. Its own command line tool takes the four for
// numbers and a text without looking (showInfo in cmd/cmd.go), so that none may be missing.
func (m *Model) info() map[string]any {
	architecture := cmp.Or(m.Details.Family, "unknown")
	return map[string]any{
		"general.architecture":             architecture,
		"general.parameter_count":          parameterCount(m.Details.ParameterSize),
		architecture + ".context_length":   cmp.Or(m.Context, usualContext),
		architecture + ".embedding_length": 0, // nobody tells
	}
}

// parameterCount reads a size as "8.0B" or "137M"; 0 for what is none.
func parameterCount(size string) int64 {
	units := map[byte]float64{'K': 1e3, 'M': 1e6, 'B': 1e9, 'T': 1e12}
	size = strings.ToUpper(strings.TrimSpace(size))
	if size == "" {
		return 0
	}
	unit, ok := units[size[len(size)-1]]
	if !ok {
		unit = 1
	} else {
		size = size[:len(size)-1]
	}
	n, err := strconv.ParseFloat(size, 64)
	if err != nil || !(n >= 0 && n*unit <= 1e15) { // nor NaN
		return 0
	}
	return int64(n * unit)
}

// OllamaCapabilities are the model's abilities in Ollama's words.
func (m *Model) OllamaCapabilities() []string {
	can := m.Abilities
	if can.Embedding {
		return []string{"embedding"}
	}
	all := []string{"completion"}
	for name, has := range map[string]bool{"vision": can.Vision, "tools": can.Tools, "thinking": can.Reasoning} {
		if has {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}
