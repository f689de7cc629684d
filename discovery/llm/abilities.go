package llm

import (
	"encoding/json"
	"maps"
	"slices"
)

// There is no common way to say what a model can do. openAIAbilities knows how those lists of the OpenAI
// dialect say it that do so in their entries:
//
//   - llama.cpp's router and llama-swap have "architecture" and "supported_parameters" as OpenRouter does:
//     https://github.com/ggml-org/llama.cpp/blob/master/tools/server/server-models.cpp,
//     https://github.com/mostlygeek/llama-swap/blob/main/internal/server/api.go
//   - LM Studio has "type" and "capabilities": https://lmstudio.ai/docs/developer/rest/endpoints
//   - LocalAI has "capabilities" and "input_modalities": https://localai.io/features/api-discovery/
//   - Lemonade has "labels": https://github.com/lemonade-sdk/lemonade/blob/main/docs/api/openai.md
//   - Xinference has "model_type" and "model_ability":
//     https://github.com/xorbitsai/inference/blob/main/xinference/model/llm/llm_family.py
//   - exo has "capabilities" with "text" among them:
//     https://github.com/exo-explore/exo/blob/main/src/exo/shared/models/model_cards.py
type openAIAbilities struct {
	Type string `json:"type"`

	Architecture struct {
		InputModalities words `json:"input_modalities"`
	} `json:"architecture"`
	InputModalities     words `json:"input_modalities"`
	SupportedParameters words `json:"supported_parameters"`

	Capabilities words  `json:"capabilities"`
	Labels       words  `json:"labels"`
	ModelType    string `json:"model_type"`
	ModelAbility words  `json:"model_ability"`
}

// of returns the abilities of the model that has this ID. They count as known if the list tells in any of these
// ways what the model takes: "tools" alone says nothing about pictures.
func (a openAIAbilities) of(id string) Abilities {
	input := slices.Concat(a.Architecture.InputModalities, a.InputModalities)
	can := slices.Concat(a.Capabilities, a.SupportedParameters, a.Labels, a.ModelAbility)
	kind := a.Type == "llm" || a.Type == "vlm" || a.Type == "embeddings" || a.ModelType == "embedding"

	vision := a.Type == "vlm" || input.any("image") || can.any("vision")
	return Abilities{
		Embedding: a.Type == "embeddings" || a.ModelType == "embedding" ||
			can.any("embedding", "embeddings") || namedEmbedding(id),
		Vision:    vision,
		Tools:     can.any("tools", "tool_use", "tool-calling", "tool_calling", "function_calling"),
		Reasoning: can.any("reasoning", "thinking"),
		Known:     vision || kind || len(input)+len(a.Labels)+len(a.ModelAbility) > 0 || a.Capabilities.any("text"),
	}
}

// words are a set of words, which lists of models write as ["vision", "tools"] or as
// {"vision": true, "tools": false}. Anything else is an empty set, and no error: a field that means
// something else on another server must not make its list unreadable.
type words []string

func (w *words) UnmarshalJSON(text []byte) error {
	var list []string
	var flags map[string]any
	switch {
	case json.Unmarshal(text, &list) == nil:
		*w = list
	case json.Unmarshal(text, &flags) == nil:
		maps.DeleteFunc(flags, func(_ string, has any) bool { return has == nil || has == false })
		*w = slices.Sorted(maps.Keys(flags))
	}
	return nil
}

// any says whether one of these is among the words.
func (w words) any(these ...string) bool {
	return slices.ContainsFunc(these, func(word string) bool { return slices.Contains(w, word) })
}
