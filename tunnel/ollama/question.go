package ollama

import (
	"bytes"
	"strconv"

	"modelbeam/tunnel/jsontext"
)

// fields are members of a request in OpenAI's words.
type fields map[string]any

// question is a request for a chat or a completion in OpenAI's words.
type question struct {
	model         string
	stream, usage bool
	said          []openAIMessage // nil for a completion
	more          fields
}

// body is the question as JSON. It may be as long as a book: see file long.
func (q *question) body() []byte {
	b := append(make([]byte, 0, q.size()), `{"model":`...)
	b = jsontext.AppendString(b, q.model)
	b = append(b, `,"stream":`...)
	b = strconv.AppendBool(b, q.stream)
	if q.usage {
		b = append(b, `,"stream_options":{"include_usage":true}`...)
	}
	if len(q.more) > 0 { // what is left of them without their braces
		b = append(b, ',')
		more := line(q.more)
		b = append(b, more[len("{"):len(more)-len("}\n")]...)
	}
	if q.said == nil { // the prompt is among the others
		return append(b, '}')
	}
	b = append(b, `,"messages":[`...)
	for i := range q.said {
		if i > 0 {
			b = append(b, ',')
		}
		b = q.said[i].appendTo(b)
	}
	return append(b, "]}"...)
}

// size is about how many bytes the body takes: to make room in steps would copy a long conversation several times.
func (q *question) size() int {
	const names = 128
	n := names + len(q.model)
	for i := range q.said {
		n += q.said[i].size()
	}
	return n
}

// size is about how many bytes a message takes, with some more for the escapes in its text.
func (m *openAIMessage) size() int {
	const names = 64
	text, _ := m.Content.(string)
	return len(text) + len(text)/16 + names
}

// appendTo appends the message as encoding/json would, which is asked for pictures, tool calls and results.
func (m *openAIMessage) appendTo(to []byte) []byte {
	text, ok := m.Content.(string)
	if !ok || len(m.ToolCalls) > 0 || m.ToolCallID != "" {
		return append(to, bytes.TrimSuffix(line(m), []byte("\n"))...)
	}
	to = append(to, `{"role":`...)
	to = jsontext.AppendString(to, m.Role)
	to = append(to, `,"content":`...)
	return append(jsontext.AppendString(to, text), '}')
}
