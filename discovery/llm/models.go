package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"net/http"
	"slices"
	"strings"
	"unique"
)

// maxModels is how many models of a server count: more than any person picks from. A server that
// lists a hundred thousand, which fit into maxList, must not keep everybody else busy.
const maxModels = 2000

var (
	errKey     = errors.New("it wants a key")
	errLoading = errors.New("it is loading its model")
	errList    = errors.New("not a list of models")
)

// lister asks for the models. before is what they were at the last visit; errKey means that the list
// is only for those who have a key.
type lister func(ctx context.Context, v *visit, before []Model) ([]Model, error)

// openAIModel is an entry of "GET /v1/models". All but the first three fields are inventions of
// single servers: Meta of llama.cpp, Status of its router and of llama-swap, MaxModelLen of vLLM,
// ContextLength of Xinference and exo, and the rest of LM Studio's own "GET /api/v0/models".
type openAIModel struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	OwnedBy string `json:"owned_by"`

	Meta struct {
		ContextTrained int   `json:"n_ctx_train"`
		Size           int64 `json:"size"`
	} `json:"meta"`
	Status struct {
		Value string `json:"value"` // "loaded" is one
	} `json:"status"`
	MaxModelLen   int `json:"max_model_len"`
	ContextLength int `json:"context_length"`

	Arch         string `json:"arch"`
	Quantization string `json:"quantization"`
	Format       string `json:"compatibility_type"`
	MaxContext   int    `json:"max_context_length"`

	openAIAbilities
}

// openAIList is what decodeOpenAI made of an answer.
type openAIList struct {
	models []openAIModel
	err    error
}

// openAIList asks for the list of models at path and makes sure that it is one: an application that has
// something else there marks neither the list nor its entries as these servers do. It is decoded only
// once, because most rows of the table look into it, and it may be long.
func (v *visit) openAIList(ctx context.Context, path string) ([]openAIModel, error) {
	a := v.list(ctx, path)
	list, decoded := v.decoded[path]
	if !decoded {
		list.models, list.err = decodeOpenAI(a)
		if v.decoded == nil {
			v.decoded = make(map[string]openAIList)
		}
		v.decoded[path] = list
	}
	return list.models, list.err
}

// decodeOpenAI is as lenient as real servers need it to be: some leave out the mark of the list, some that of
// the entries; Ollama without a model says null instead of an empty list; and a field that one server
// has invented may have another type on another one.
func decodeOpenAI(a answer) ([]openAIModel, error) {
	if err := a.problem(); err != nil {
		return nil, err
	}
	var list struct {
		Object string         `json:"object"`
		Data   *[]openAIModel `json:"data"`
	}
	err := json.Unmarshal(a.body, &list)
	var otherType *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &otherType) {
		return nil, fmt.Errorf("%w: %w", errList, err)
	}
	if list.Data == nil && list.Object == "list" && err == nil {
		return nil, nil
	}
	if list.Data == nil {
		return nil, errList
	}
	foreign := func(m openAIModel) bool { return m.ID == "" || list.Object != "list" && m.Object != "model" }
	if slices.ContainsFunc(*list.Data, foreign) || list.Object != "list" && len(*list.Data) == 0 {
		return nil, errList
	}
	return (*list.Data)[:min(len(*list.Data), maxModels)], nil
}

// problem says why an answer cannot be a list of models, whatever its body.
func (a answer) problem() error {
	switch {
	case a.err != nil:
		return a.err
	case a.refuses():
		return errKey
	case a.loads():
		return errLoading
	case a.status != http.StatusOK:
		return fmt.Errorf("%w: status %d", errList, a.status)
	}
	return nil
}

// listAt is for servers whose list of the OpenAI dialect, at path, tells all there is to know.
func listAt(path string) lister {
	return func(ctx context.Context, v *visit, before []Model) ([]Model, error) {
		v.list(ctx, path)
		if v.unchanged(before, path) {
			return before, nil
		}
		list, err := v.openAIList(ctx, path)
		if err != nil {
			return nil, err
		}
		models := make([]Model, len(list))
		for i, m := range list {
			models[i] = m.model()
		}
		return models, nil
	}
}

// firstOf takes the first list there is, for servers whose releases have it in different places.
func firstOf(listers ...lister) lister {
	return func(ctx context.Context, v *visit, before []Model) (models []Model, err error) {
		for _, l := range listers {
			if models, err = l(ctx, v, before); err == nil || errors.Is(err, errKey) {
				break
			}
		}
		return models, err
	}
}

// listTextGen leaves out "None", which text-generation-webui lists while it has no model loaded.
func listTextGen(ctx context.Context, v *visit, before []Model) ([]Model, error) {
	models, err := listAt(modelsPath)(ctx, v, before)
	return slices.DeleteFunc(models, func(m Model) bool { return m.ID == "None" }), err
}

// model takes what the entry tells. A server fills in at most one of the context lengths.
func (m openAIModel) model() Model {
	return Model{
		ID:           m.ID,
		Size:         max(0, m.Meta.Size),
		Context:      max(0, m.Meta.ContextTrained, m.MaxModelLen, m.ContextLength, m.MaxContext),
		Format:       shared(m.Format),
		Family:       shared(m.Arch),
		Quantization: shared(m.Quantization),
		Loaded:       m.Status.Value == "loaded",
		Abilities:    m.of(m.ID),
		entry:        entryOf(m),
	}
}

// entryOf is a hash of an entry of a list, and not 0.
func entryOf(entry any) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	fmt.Fprint(&h, entry)
	return h.Sum64() | 1
}

// shared is s, once for all models that have it: thousands have few formats and families between them.
func shared(s string) string { return unique.Make(s).Value() }

// namedEmbedding goes by how such models are usually named: nomic-embed-text, text-embedding-3. Where it is
// wrong, a list to pick from lacks a model that can still be asked for by name.
func namedEmbedding(id string) bool { return strings.Contains(strings.ToLower(id), "embed") }
