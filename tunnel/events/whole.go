package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// plainAnswer is an answer of OpenAI's API as far as its stream is made of it.
type plainAnswer struct {
	ID      string          `json:"id"`
	Object  string          `json:"object"`
	Created int64           `json:"created"`
	Model   string          `json:"model"`
	Choices []*plainChoice  `json:"choices"`
	Usage   json.RawMessage `json:"usage,omitempty"`
}

type plainChoice struct {
	Index   int                        `json:"index"`
	Message map[string]json.RawMessage `json:"message,omitempty"`
	Delta   map[string]json.RawMessage `json:"delta,omitzero"`
	Text    *string                    `json:"text,omitempty"`
	Reason  *string                    `json:"finish_reason"`
}

// OfAnswer turns an answer into the events that a stream of it would have had: what was said, why
// it ended, the usage where that is wanted, and the mark of the end.
func OfAnswer(answer []byte, kind string, usage bool) ([]byte, bool) {
	var a plainAnswer
	if json.Unmarshal(answer, &a) != nil || len(a.Choices) == 0 || slices.Contains(a.Choices, nil) {
		return nil, false
	}
	a.Object = kind
	said, ended, counted := a, a, a
	said.Usage, ended.Usage = nil, nil
	said.Choices, ended.Choices, counted.Choices = nil, nil, []*plainChoice{}
	for _, c := range a.Choices {
		first, last := c.split()
		said.Choices, ended.Choices = append(said.Choices, first), append(ended.Choices, last)
	}
	events := []plainAnswer{said, ended}
	if usage && len(a.Usage) > 0 {
		events = append(events, counted)
	}
	var out bytes.Buffer
	for _, e := range events {
		text, err := json.Marshal(e)
		if err != nil {
			return nil, false
		}
		fmt.Fprintf(&out, "data: %s\n\n", text)
	}
	out.WriteString("data: [DONE]\n\n")
	return out.Bytes(), true
}

// split returns what was said and why it ended, each as a choice of an event. Clients that read streams take
// the text from the one and the reason from the other; few look for both in the same event.
func (c *plainChoice) split() (said, ended *plainChoice) {
	said, ended = &plainChoice{Index: c.Index}, &plainChoice{Index: c.Index, Reason: c.Reason}
	if c.Message == nil {
		said.Text, ended.Text = c.Text, new(string)
		return said, ended
	}
	said.Delta, ended.Delta = c.Message, map[string]json.RawMessage{}
	var calls []map[string]json.RawMessage
	if json.Unmarshal(c.Message["tool_calls"], &calls) == nil && calls != nil {
		calls = slices.DeleteFunc(calls, func(call map[string]json.RawMessage) bool { return call == nil }) // a null
		for i, call := range calls {
			call["index"] = json.RawMessage(strconv.Itoa(i)) // only streams have it
		}
		said.Delta["tool_calls"], _ = json.Marshal(calls)
	}
	return said, ended
}
