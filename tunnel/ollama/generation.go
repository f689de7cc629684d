package ollama

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// generation is the body of /api/chat and /api/generate in one. What OpenAI's API has no place
// for is left out: num_ctx and the like, templates, how long to keep the model loaded.
type generation struct {
	Stream    *bool                      `json:"stream"` // nil: true
	Format    json.RawMessage            `json:"format"` // "json" or a JSON schema
	Options   map[string]json.RawMessage `json:"options"`
	Think     json.RawMessage            `json:"think"` // true, false or a level
	KeepAlive json.RawMessage            `json:"keep_alive"`

	Messages []message       `json:"messages"` // chat
	Tools    json.RawMessage `json:"tools"`    // chat; the same shape in both APIs

	Prompt string   `json:"prompt"` // generate
	Suffix string   `json:"suffix"`
	System string   `json:"system"`
	Images []string `json:"images"`
	Raw    bool     `json:"raw"` // the prompt is a filled-in template
}

// generation prepares a chat or a generate.
func (t *Translation) generation(body []byte, to Server) error {
	var g generation
	if err := g.read(body); err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	t.Stream = g.Stream == nil || *g.Stream
	t.answer = (*Translation).wholeAnswer
	if len(g.Messages) == 0 && g.Prompt == "" {
		t.Ready = t.loaded(g.KeepAlive)
		return nil
	}
	q := question{model: to.Model, stream: t.Stream && !to.Quirks.NoStream, more: g.settings(to)}
	q.usage = q.stream && to.Quirks.StreamUsage
	t.Path = g.place(&q, t.chat)
	t.Body = q.body()
	return nil
}

// place puts what is to be said into q and returns where to say it. A generate is a chat of one message:
// the server fills in the model's template, as Ollama would. Only where the client did that itself,
// or wants a gap filled, it goes to the older API, which has no templates.
func (g *generation) place(q *question, chat bool) string {
	switch {
	case chat:
		q.said = openAIMessages(g.Messages)
		return "/v1/chat/completions"
	case g.Raw || g.Suffix != "":
		q.more["prompt"] = g.Prompt
		if g.Suffix != "" {
			q.more["suffix"] = g.Suffix
		}
		return "/v1/completions"
	}
	var said []message
	if g.System != "" {
		said = append(said, message{Role: "system", Content: g.System})
	}
	said = append(said, message{Role: "user", Content: g.Prompt, Images: g.Images})
	q.said = openAIMessages(said)
	return "/v1/chat/completions"
}

// optionNames are the options that OpenAI's API has too, or that most local servers take there.
var optionNames = map[string]string{
	"temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "min_p": "min_p",
	"seed": "seed", "stop": "stop", "num_predict": "max_tokens", "repeat_penalty": "repeat_penalty",
	"presence_penalty": "presence_penalty", "frequency_penalty": "frequency_penalty",
}

// settings are what is said beside the conversation.
func (g *generation) settings(to Server) fields {
	f := make(fields)
	for name, value := range g.Options {
		if known, ok := optionNames[name]; ok && !isEmpty(value) {
			f[known] = value
		}
	}
	if limit, ok := f["max_tokens"].(json.RawMessage); ok && !isPositive(limit) {
		delete(f, "max_tokens") // -1 and -2 are Ollama's words for "no limit"
	}
	// Ollama's library for Python puts an empty list into every chat, which Ollama takes for none and
	// vLLM refuses (https://github.com/vllm-project/vllm/issues/39780).
	if !isEmpty(g.Tools) {
		f["tools"] = g.Tools
	}
	// On and off have no word that all servers take; a model that reasons does so unasked.
	var level string
	if !isNull(g.Think) && json.Unmarshal(g.Think, &level) == nil && level != "" {
		f["reasoning_effort"] = level
	}
	maps.Copy(f, responseFormat(g.Format, to.Quirks.SchemaOnly))
	return f
}

// responseFormat is Ollama's "format" in OpenAI's words; empty when there is none. A schema needs
// a name there. It is not "strict", since that would forbid optional properties
// (https://platform.openai.com/docs/guides/structured-outputs).
func responseFormat(format json.RawMessage, schemaOnly bool) fields {
	switch string(bytes.TrimSpace(format)) {
	case "", "null", `""`:
		return nil
	case `"json"`:
		if !schemaOnly {
			return fields{"response_format": fields{"type": "json_object"}}
		}
		format = json.RawMessage(`{"type":"object"}`)
	}
	schema := fields{"name": "answer", "schema": format}
	return fields{"response_format": fields{"type": "json_schema", "json_schema": schema}}
}

// isNull reports whether a member is missing or null, which is the same to Ollama.
func isNull(v json.RawMessage) bool {
	return len(v) == 0 || string(v) == "null"
}

// isEmpty reports whether a member is missing, null, or a list with nothing in it.
func isEmpty(v json.RawMessage) bool {
	var list []json.RawMessage
	return isNull(v) || json.Unmarshal(v, &list) == nil && len(list) == 0
}

func isPositive(v json.RawMessage) bool {
	var n float64
	return json.Unmarshal(v, &n) == nil && n > 0
}

// Unloaded is Ollama's answer to a request to unload a model, by /api/chat or /api/generate.
func Unloaded(model string, chat bool) []byte {
	t := &Translation{model: model, began: time.Now(), chat: chat}
	return t.loaded(json.RawMessage("0"))
}

// loaded answers a request that only loads a model, or with a keep_alive of zero unloads it. Apps
// send one ahead to warm a model up; OpenAI's servers would refuse a chat without a message.
func (t *Translation) loaded(keepAlive json.RawMessage) []byte {
	a := &answer{Translation: t, reason: "load"}
	switch string(keepAlive) {
	case "0", `"0"`, `"0s"`, `"0m"`:
		a.reason = "unload"
	}
	return line(a.whole("", ""))
}
