package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxShown is how many models are asked about in one visit, because Ollama reads the head of a model's file for
// each answer. The rest of a long list comes with the next visits.
const maxShown = 8

// maxContext is longer than any model's context, and still an int everywhere.
const maxContext = 1 << 30

// listOllama asks for Ollama's own lists, which say more than the one in the OpenAI dialect, and asks once about
// each model what it can do.
// https://docs.ollama.com/api/tags, https://docs.ollama.com/api/ps, https://docs.ollama.com/api-reference/show-model-details
func listOllama(ctx context.Context, v *visit, before []Model) ([]Model, error) {
	tagged, loaded := v.list(ctx, "/api/tags"), v.list(ctx, "/api/ps")
	if v.unchanged(before, "/api/tags", "/api/ps") {
		return before, nil
	}
	if v.same(before, "/api/tags", "/api/ps") && !slices.ContainsFunc(before, Model.forgotten) {
		return v.showMore(ctx, before), nil
	}
	tags, err := ollamaList(tagged)
	if err != nil {
		return nil, err
	}
	running, _ := ollamaList(loaded) // servers that imitate Ollama have no such page
	models, learned := make([]Model, len(tags)), byName(before)
	asked := 0
	for i, t := range tags {
		models[i] = t.model()
		models[i].Loaded = slices.ContainsFunc(running, func(r ollamaModel) bool { return r.Name == t.Name })
		models[i].entry = entryOf(t)
		switch {
		case models[i].recall(learned[t.Name]):
		case models[i].Cloud != "": // it would ask the service on the internet
		case asked < maxShown:
			asked++
			v.show(ctx, &models[i])
		default:
			models[i].open = true
		}
	}
	return models, nil
}

// showMore goes on asking about the models of a list that has not changed, without reading it again.
func (v *visit) showMore(ctx context.Context, before []Model) []Model {
	models, asked := slices.Clone(before), 0
	for i := range models {
		if models[i].open && asked < maxShown {
			asked++
			v.show(ctx, &models[i])
		}
	}
	return models
}

func ollamaList(a answer) ([]ollamaModel, error) {
	if err := a.problem(); err != nil {
		return nil, err
	}
	var list struct {
		Models *[]ollamaModel `json:"models"`
	}
	if err := json.Unmarshal(a.body, &list); err != nil {
		return nil, fmt.Errorf("%w: %w", errList, err)
	}
	if list.Models == nil {
		return nil, errList // some answer every path with 200, such as LM Studio
	}
	nameless := func(m ollamaModel) bool { return m.Name == "" } // a null, for one
	models := slices.DeleteFunc(*list.Models, nameless)
	return models[:min(len(models), maxModels)], nil
}

// ollamaModel is an entry of "GET /api/tags" and "GET /api/ps". Old releases have no capabilities here, only in
// "POST /api/show", which is asked for the rest anyway.
type ollamaModel struct {
	Name     string    `json:"name"`
	Size     int64     `json:"size"`
	Digest   string    `json:"digest"`
	Modified time.Time `json:"modified_at"`
	Can      words     `json:"capabilities"`
	Remote   string    `json:"remote_host"` // of a cloud model, which is no more than a name here
	Details  struct {
		Parent       string `json:"parent_model"`
		Format       string `json:"format"`
		Family       string `json:"family"`
		Families     words  `json:"families"` // null for some
		Parameters   string `json:"parameter_size"`
		Quantization string `json:"quantization_level"`
	} `json:"details"`
}

func (m ollamaModel) model() Model {
	model := Model{
		ID:           m.Name,
		Size:         max(0, m.Size),
		Parent:       shared(m.Details.Parent),
		Format:       shared(m.Details.Format),
		Family:       shared(m.Details.Family),
		Families:     shared(strings.Join(m.Details.Families, " ")),
		Parameters:   shared(m.Details.Parameters),
		Quantization: shared(m.Details.Quantization),
		Digest:       m.Digest,
		Modified:     m.Modified.UTC(), // in one zone, equal times are equal values
		Cloud:        cloudOf(m),
		// The BERT families (bert, nomic-bert, xlm-roberta's conversions) have no decoder.
		Abilities: Abilities{Embedding: strings.Contains(m.Details.Family, "bert") || namedEmbedding(m.Name)},
	}
	model.Abilities.take(m.Can)
	return model
}

// cloudOf is the host that answers for a model of Ollama's cloud. Releases that do not tell the host mark such
// a model by its name: https://docs.ollama.com/cloud.
func cloudOf(m ollamaModel) string {
	if u, err := url.Parse(m.Remote); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	_, tag, _ := strings.Cut(m.Name, ":")
	if tag == "cloud" || strings.HasSuffix(tag, "-cloud") {
		return "ollama.com"
	}
	return ""
}

// take takes the capabilities of a model, as Ollama calls its abilities, unless the server has no such field.
func (a *Abilities) take(can words) {
	if can != nil {
		*a = Abilities{
			Embedding: can.any("embedding"), Vision: can.any("vision"), Tools: can.any("tools"), Reasoning: can.any("thinking"),
			Known: true,
		}
	}
}

// byName finds the models by their IDs.
func byName(models []Model) map[string]Model {
	all := make(map[string]Model, len(models))
	for _, m := range models {
		all[m.ID] = m
	}
	return all
}

// recall takes over what was learned about the same model before. It is false if that is nothing, or
// has to be asked for again because the list says something else of it now.
func (m *Model) recall(before Model) bool {
	if before.ID != m.ID || before.Digest != m.Digest {
		return false
	}
	if before.Abilities.Known {
		m.Abilities, m.Context = before.Abilities, before.Context
	}
	return before.entry == m.entry && !before.open
}

// show asks what a model can do. A server that has no such page is not asked again for this entry of its
// list; one that fails is, at the next visit: the model stays open until then.
func (v *visit) show(ctx context.Context, m *Model) {
	m.open = true
	question, err := json.Marshal(map[string]string{"model": m.ID})
	if err != nil {
		return
	}
	a := v.tell(ctx, "/api/show", question)
	var shown struct {
		Template     string          `json:"template"`
		Projector    json.RawMessage `json:"projector_info"`
		Capabilities words           `json:"capabilities"`
		Info         map[string]any  `json:"model_info"`
	}
	if a.err == nil && a.status == http.StatusNotFound {
		m.open = false
		return
	}
	if a.problem() != nil || json.Unmarshal(a.body, &shown) != nil {
		return
	}
	m.Abilities.Known, m.open = true, false
	m.Abilities.take(shown.Capabilities)
	old := shown.Capabilities == nil // before 0.6.4
	if old {
		m.Abilities.Vision, m.Abilities.Tools = len(shown.Projector) > 0, strings.Contains(shown.Template, ".Tools")
	}
	for key, value := range shown.Info {
		length, isNumber := value.(float64)
		switch {
		case isNumber && strings.HasSuffix(key, ".context_length"):
			m.Context = int(max(0, min(length, maxContext)))
		case old && strings.HasSuffix(key, ".vision.block_count"):
			m.Abilities.Vision = true // the projector is in the model's own file
		}
	}
}
