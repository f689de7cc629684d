package ollama

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// message is one message of a chat as Ollama has it.
type message struct {
	Role       string     `json:"role"`
	Content    string     `json:"content"`
	Thinking   string     `json:"thinking,omitempty"`
	Images     []string   `json:"images,omitempty"` // base64
	ToolCalls  []toolCall `json:"tool_calls,omitempty"`
	ToolName   string     `json:"tool_name,omitempty"` // whose result this is, for role tool
	ToolCallID string     `json:"tool_call_id,omitempty"`
}

// toolCall is a model's wish to use a tool. Arguments are an object.
type toolCall struct {
	ID       string   `json:"id,omitempty"` // only newer clients send it back
	Function function `json:"function"`
}

type function struct {
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

// openAIMessage is a message as OpenAI has it.
type openAIMessage struct {
	Role       string       `json:"role"`
	Content    any          `json:"content"` // a string, or parts when there are pictures
	ToolCalls  []openAICall `json:"tool_calls,omitempty"`
	ToolCallID string       `json:"tool_call_id,omitempty"`
}

// openAICall is a tool call as OpenAI has it. Arguments are an object as text in a string.
type openAICall struct {
	ID       string   `json:"id"`
	Type     string   `json:"type"`
	Function function `json:"function"`
}

// openAIMessages is a conversation in OpenAI's words. It leaves earlier reasoning out: no two servers agree on where it would go, and
// models are trained to do without.
func openAIMessages(said []message) []openAIMessage {
	var ids callIDs
	out := make([]openAIMessage, 0, len(said))
	for _, m := range said {
		o := openAIMessage{Role: m.Role, Content: m.Content}
		if len(m.Images) > 0 {
			o.Content = parts(m)
		}
		for _, c := range m.ToolCalls {
			o.ToolCalls = append(o.ToolCalls, ids.call(c))
		}
		if m.Role == "tool" {
			o.ToolCallID = ids.result(m)
		}
		out = append(out, o)
	}
	return out
}

// parts is the content of a message with pictures, the words first, as models expect them.
func parts(m message) []fields {
	var all []fields
	if m.Content != "" {
		all = append(all, fields{"type": "text", "text": m.Content})
	}
	for _, image := range m.Images {
		all = append(all, fields{"type": "image_url", "image_url": fields{"url": dataURL(image)}})
	}
	return all
}

// dataURL names a picture's kind, which Ollama finds out by itself, by how its bytes begin.
func dataURL(image string) string {
	if strings.HasPrefix(image, "data:") {
		return image
	}
	head, err := base64.StdEncoding.DecodeString(image[:min(len(image), 64)/4*4])
	kind := http.DetectContentType(head)
	if err != nil || !strings.HasPrefix(kind, "image/") {
		kind = "image/jpeg" // the server will say what is wrong with it
	}
	return "data:" + kind + ";base64," + image
}

// callIDs gives tool calls the ids by which OpenAI's API ties a result to its call. Ollama ties
// them by the tool's name, or only by their order. The ids are made anew for every request, from
// the order of the calls, so that the same history has the same ids and a server's cache holds.
type callIDs struct {
	given int
	open  []openAICall // calls without a result yet
}

// call returns c with an id.
func (ids *callIDs) call(c toolCall) openAICall {
	ids.given++
	id := c.ID
	if id == "" {
		id = "call_" + strconv.Itoa(ids.given)
	}
	text, err := json.Marshal(argumentText(c.Function.Arguments))
	if err != nil {
		panic(err) // a string
	}
	o := openAICall{ID: id, Type: "function", Function: function{Name: c.Function.Name, Arguments: text}}
	ids.open = append(ids.open, o)
	return o
}

// result returns the id of the call that m is the result of. Each call has one result.
func (ids *callIDs) result(m message) string {
	i := slices.IndexFunc(ids.open, func(c openAICall) bool {
		switch {
		case m.ToolCallID != "":
			return c.ID == m.ToolCallID
		case m.ToolName != "":
			return c.Function.Name == m.ToolName
		}
		return true
	})
	if i < 0 {
		return m.ToolCallID
	}
	id := ids.open[i].ID
	ids.open = slices.Delete(ids.open, i, i+1)
	return id
}

// argumentText is a call's arguments as JSON text, whether they came as an object or as text.
func argumentText(arguments json.RawMessage) string {
	var text string
	if json.Unmarshal(arguments, &text) == nil && !isNull(arguments) {
		return text
	}
	if isNull(arguments) {
		return "{}"
	}
	return string(arguments)
}
