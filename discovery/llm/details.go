package llm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// detail asks a server for what its list of models does not tell, and adds it to models, which came from
// that list. It is no error if a server has no such page. One that does not answer in time is asked
// again at the next visit; errKey means that the server wants a key after all.
type detail func(ctx context.Context, v *visit, models []Model) error

// withDetails asks for details only when the list has changed since they were last asked for: such questions
// fill the logs of servers, and LM Studio shows each one to its user. A server that wanted a key is
// asked until it no longer does.
func withDetails(list lister, ask detail) lister {
	return func(ctx context.Context, v *visit, before []Model) ([]Model, error) {
		models, err := list(ctx, v, before)
		if err != nil {
			return nil, err
		}
		same := func(a, b Model) bool { return a.ID == b.ID && a.entry == b.entry }
		if slices.EqualFunc(models, before, same) && !v.locked {
			return before, nil
		}
		models = slices.Clone(models) // they may be those of the last time
		switch err = ask(ctx, v, models); {
		case errors.Is(err, errKey):
			return models, err
		case err != nil:
			keepDetails(models, before)
			forget(models)
		}
		return models, nil
	}
}

// keepDetails takes what was learned of models before instead of what their list tells.
func keepDetails(models, before []Model) {
	for i := range models {
		if j := slices.IndexFunc(before, func(m Model) bool { return m.ID == models[i].ID }); j >= 0 {
			models[i] = before[j]
		}
	}
}

// forget has the details of the models asked for again.
func forget(models []Model) {
	for i := range models {
		models[i].entry = 0
	}
}

// textOnly is for servers that take no pictures, whatever the model.
func textOnly(list lister) lister {
	return func(ctx context.Context, v *visit, before []Model) ([]Model, error) {
		models, err := list(ctx, v, before)
		for i := range models {
			models[i].Abilities.Known = true
		}
		return models, err
	}
}

// detailLMStudio takes everything from LM Studio's own list, which has every model on the disk. The list of
// the OpenAI dialect has those that can be asked for: all, or only the loaded ones, as its user has
// chosen. Releases before 0.3.6 have no list of their own.
func detailLMStudio(ctx context.Context, v *visit, models []Model) error {
	return detailFrom("/api/v0/models")(ctx, v, models)
}

// detailFrom takes everything from a second list of the same form.
func detailFrom(path string) detail {
	return func(ctx context.Context, v *visit, models []Model) error {
		a := v.list(ctx, path)
		more, err := decodeOpenAI(a)
		if err != nil {
			return a.failure()
		}
		for i := range models {
			for _, m := range more {
				if m.ID == models[i].ID {
					entry := models[i].entry
					models[i] = m.model()
					models[i].entry = entry
				}
			}
		}
		return nil
	}
}

// detailLlamaCpp asks llama.cpp for its properties. The page neither loads nor wakes a model. Unlike the
// list of models it is only for those who have the key, if there is one. A router, which has many
// models, tells its own properties there, and those of the models in its list.
// https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
func detailLlamaCpp(ctx context.Context, v *visit, models []Model) error {
	a := v.list(ctx, "/props")
	if a.refuses() {
		return errKey
	}
	var props struct {
		Role       string `json:"role"`
		Modalities *struct {
			Vision bool `json:"vision"`
		} `json:"modalities"`
		Settings struct {
			Context int `json:"n_ctx"`
		} `json:"default_generation_settings"`
		Template string `json:"chat_template"`
		Caps     struct {
			Tools bool `json:"supports_tools"`
		} `json:"chat_template_caps"`
	}
	if json.Unmarshal(a.body, &props) != nil || len(models) != 1 {
		return a.failure()
	}
	if props.Role != "router" && a.status == http.StatusOK {
		models[0].Loaded = true // it has no other, and answers only when it has loaded it
	}
	if props.Modalities == nil {
		return a.failure()
	}
	m := &models[0]
	m.Abilities.seeing(props.Modalities.Vision)
	m.Abilities.Tools, m.Abilities.Reasoning = props.Caps.Tools, reasons(props.Template)
	// The list tells how long a context the model was trained for; this is what one request gets.
	m.Context = cmp.Or(max(0, props.Settings.Context), m.Context)
	return nil
}

// seeing takes the word of a server that says whether the model takes pictures.
func (a *Abilities) seeing(vision bool) { a.Known, a.Vision = true, vision }

// reasons says whether a chat template is that of a model which thinks aloud: it has the tags that stand
// around the thoughts, as in https://github.com/ollama/ollama/blob/main/server/images.go.
func reasons(template string) bool {
	return strings.Contains(template, "<think>") && strings.Contains(template, "</think>")
}

// detailKoboldCpp reads in KoboldCpp's version whether pictures can be shown to its text model,
// which is the first of its list. https://github.com/LostRuins/koboldcpp/blob/concedo/koboldcpp.py
func detailKoboldCpp(ctx context.Context, v *visit, models []Model) error {
	a := v.get(ctx, "/api/extra/version")
	// With --password it lists its models to everybody, but answers only those who have it. Whether a key
	// is the right one shows only when a question is asked.
	if locked, _ := lookup(a.body, "protected"); locked == true && v.key == "" {
		return errKey
	}
	if vision, ok := lookup(a.body, "vision"); ok && len(models) > 0 {
		models[0].Abilities.seeing(vision == true)
	}
	return a.failure()
}

// detailSGLang asks what the only model of SGLang takes. Older releases have the page under another name, where
// it says nothing of pictures.
// https://docs.sglang.ai/basic_usage/native_api.html
func detailSGLang(ctx context.Context, v *visit, models []Model) error {
	a := v.get(ctx, "/model_info")
	if vision, ok := lookup(a.body, "has_image_understanding"); ok && len(models) > 0 {
		models[0].Abilities.seeing(vision == true)
	}
	return a.failure()
}

// detailLocalAI takes all from a second list, which LocalAI has since 4.6.1 and announces.
// https://localai.io/features/api-discovery/
func detailLocalAI(ctx context.Context, v *visit, models []Model) error {
	a := v.get(ctx, "/.well-known/localai.json")
	if path, ok := lookup(a.body, "endpoints.models_capabilities"); ok && path == "/v1/models/capabilities" {
		return detailFrom("/v1/models/capabilities")(ctx, v, models)
	}
	return a.failure()
}

// detailTabbyAPI asks for the model that is loaded.
// https://github.com/theroyallab/tabbyAPI/blob/main/endpoints/core/types/model.py
func detailTabbyAPI(ctx context.Context, v *visit, models []Model) error {
	a := v.get(ctx, "/v1/model")
	id, _ := lookup(a.body, "id")
	vision, told := lookup(a.body, "parameters.use_vision")
	for i := range models {
		if told && models[i].ID == id {
			models[i].Abilities.seeing(vision == true)
		}
	}
	return a.failure()
}
