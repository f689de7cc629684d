package ollama

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// piece is an answer of OpenAI's API: whole, or one event of a stream.
type piece struct {
	Choices []choice `json:"choices"`
	Usage   *struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
	} `json:"usage"`
}

// choice is one of several answers to the same request. Nobody asks for more than one here.
type choice struct {
	Message      words  `json:"message"` // of a whole answer
	Delta        words  `json:"delta"`   // of a stream
	Text         string `json:"text"`    // of /v1/completions
	FinishReason string `json:"finish_reason"`
}

// words is what a model said. Servers disagree on the name of the reasoning.
type words struct {
	Content          string     `json:"content"`
	ReasoningContent string     `json:"reasoning_content"`
	Reasoning        string     `json:"reasoning"`
	ToolCalls        []callPart `json:"tool_calls"`
}

// callPart is a tool call or, in a stream, a part of the one at Index.
type callPart struct {
	Index    *int     `json:"index"`
	ID       string   `json:"id"`
	Function function `json:"function"`
}

// reply is an answer of Ollama's API: whole, or one line of a stream. Durations are nanoseconds.
type reply struct {
	Model     string    `json:"model"`
	CreatedAt time.Time `json:"created_at"`
	Message   *message  `json:"message,omitempty"`  // chat
	Response  *string   `json:"response,omitempty"` // generate
	Thinking  string    `json:"thinking,omitempty"` // generate

	Done               bool          `json:"done"`
	DoneReason         string        `json:"done_reason,omitempty"`
	TotalDuration      time.Duration `json:"total_duration,omitempty"`
	PromptEvalCount    int           `json:"prompt_eval_count,omitempty"`
	PromptEvalDuration time.Duration `json:"prompt_eval_duration,omitempty"`
	EvalCount          int           `json:"eval_count,omitempty"`
	EvalDuration       time.Duration `json:"eval_duration,omitempty"`
}

// answer is what is known of an answer while it comes in.
type answer struct {
	*Translation
	first  time.Time // when the first word came
	reason string    // why it ended, in OpenAI's words; empty before
	calls  []toolCall
	// Tokens, where the server counts them.
	prompted, generated int
}

// take adds a piece and returns what the model says in it. A piece may have no choice: the one
// that only counts tokens comes behind the last word.
func (a *answer) take(p piece) (text, thinking string) {
	if p.Usage != nil {
		a.prompted, a.generated = p.Usage.Prompt, p.Usage.Completion
	}
	if len(p.Choices) == 0 {
		return "", ""
	}
	if a.first.IsZero() {
		a.first = time.Now()
	}
	c := p.Choices[0]
	if c.FinishReason != "" {
		a.reason = c.FinishReason
	}
	for _, w := range []words{c.Message, c.Delta} {
		text += w.Content
		thinking += w.ReasoningContent
		if w.ReasoningContent == "" { // some send both, with the same words
			thinking += w.Reasoning
		}
		a.addCalls(w.ToolCalls)
	}
	return text + c.Text, thinking
}

// addCalls puts tool calls together. In a stream they come in parts: first the name, then the
// arguments, cut anywhere. Ollama has no parts of calls, so they are kept until they are whole.
func (a *answer) addCalls(parts []callPart) {
	for _, p := range parts {
		i := len(a.calls)
		if p.Index != nil && *p.Index >= 0 && *p.Index < i {
			i = *p.Index
		} else {
			a.calls = append(a.calls, toolCall{})
		}
		c := &a.calls[i]
		c.ID = cmp.Or(p.ID, c.ID)
		c.Function.Name = cmp.Or(p.Function.Name, c.Function.Name)
		if !isNull(p.Function.Arguments) {
			c.Function.Arguments = append(c.Function.Arguments, argumentText(p.Function.Arguments)...)
		}
	}
}

// toolCalls returns the calls that have come together.
func (a *answer) toolCalls() []toolCall {
	for i := range a.calls {
		arguments := &a.calls[i].Function.Arguments
		if len(bytes.TrimSpace(*arguments)) == 0 {
			*arguments = json.RawMessage("{}")
		}
		if !json.Valid(*arguments) { // the model's mistake, which the client may show
			text, _ := json.Marshal(string(*arguments))
			*arguments = text
		}
	}
	return a.calls
}

// part is a reply in the middle of an answer.
func (a *answer) part(text, thinking string, calls []toolCall) reply {
	r := reply{Model: a.model, CreatedAt: time.Now().UTC()}
	if a.chat {
		r.Message = &message{Role: "assistant", Content: text, Thinking: thinking, ToolCalls: calls}
	} else {
		r.Response, r.Thinking = &text, thinking
	}
	return r
}

// whole is a reply that ends an answer. The durations are as seen from here: the time until the
// first word stands for reading the prompt, the rest for writing. Apps show tokens per second by them.
func (a *answer) whole(text, thinking string) reply {
	r := a.part(text, thinking, a.toolCalls())
	now := time.Now()
	r.Done, r.DoneReason, r.TotalDuration = true, doneReason(a.reason), now.Sub(a.began)
	r.PromptEvalCount, r.EvalCount = a.prompted, a.generated
	if !a.first.IsZero() {
		r.PromptEvalDuration, r.EvalDuration = a.first.Sub(a.began), now.Sub(a.first)
	}
	return r
}

// doneReason says in Ollama's words why an answer ended.
func doneReason(reason string) string {
	switch reason {
	case "length", "load", "unload":
		return reason
	}
	return "stop" // for tool calls too
}

// errNoChoices is for JSON that is no answer, as of a web application at the same address.
var errNoChoices = errors.New("read answer: there is none in it")

// wholeAnswer translates an answer that came in one piece. Who asked for a stream gets one, with
// the words before the line that ends it.
func (t *Translation) wholeAnswer(body []byte) ([]byte, error) {
	var p piece
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if len(p.Choices) == 0 {
		return nil, errNoChoices
	}
	a := &answer{Translation: t}
	text, thinking := a.take(p)
	a.first = t.began // when the words were made is not known
	if !t.Stream {
		return line(a.whole(text, thinking)), nil
	}
	out := line(a.part(text, thinking, a.toolCalls()))
	a.calls = nil
	return append(out, line(a.whole("", ""))...), nil
}
