package ollama

import (
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
	Error json.RawMessage `json:"error"` // of an event that is none
}

// choice is one of several answers to the same request. Nobody asks for more than one here.
type choice struct {
	Message      words  `json:"message"` // of a whole answer
	Delta        words  `json:"delta"`   // of a stream
	Text         text   `json:"text"`    // of /v1/completions
	FinishReason string `json:"finish_reason"`
}

// words is what a model said. Servers disagree on the name of the reasoning.
type words struct {
	Content          text        `json:"content"`
	ReasoningContent text        `json:"reasoning_content"`
	Reasoning        text        `json:"reasoning"`
	ToolCalls        []*callPart `json:"tool_calls"` // some servers put a null among them
}

// reply is an answer of Ollama's API: whole, or one line of a stream. Durations are nanoseconds.
type reply struct {
	Model     string    `json:"model"`
	CreatedAt time.Time `json:"created_at"`
	Message   *message  `json:"message,omitempty"`  // chat
	Response  *string   `json:"response,omitempty"` // generate
	Thinking  string    `json:"thinking,omitempty"` // generate

	Done       bool   `json:"done"`
	DoneReason string `json:"done_reason,omitempty"`
	*metrics          // of an answer that is done
}

// metrics are what an answer took. All are there, also where a value is not known: strict clients read
// them without looking (ollama-ai-provider and ollama-ai-provider-v2 refuse an answer without).
type metrics struct {
	TotalDuration      time.Duration `json:"total_duration"`
	LoadDuration       time.Duration `json:"load_duration"` // nobody tells
	PromptEvalCount    int           `json:"prompt_eval_count"`
	PromptEvalDuration time.Duration `json:"prompt_eval_duration"`
	EvalCount          int           `json:"eval_count"`
	EvalDuration       time.Duration `json:"eval_duration"`
}

// answer is what is known of an answer while it comes in.
type answer struct {
	*Translation
	first  time.Time // when the first word came
	reason string    // why it ended, in OpenAI's words; empty before
	calls  gathered
	pieces int // with something that the model said, which are tokens for nearly all servers
	// Tokens, where the server counts them.
	prompted, generated int
}

// take adds a piece and returns what the model says in it. A piece may have no choice: the one
// that only counts tokens comes after the last word.
func (a *answer) take(p piece) (said, thinking string) {
	if p.Usage != nil {
		a.prompted, a.generated = p.Usage.Prompt, p.Usage.Completion
	}
	if len(p.Choices) == 0 {
		return "", ""
	}
	return a.hear(&p.Choices[0])
}

// hear adds a choice and returns what the model says in it.
func (a *answer) hear(c *choice) (said, thinking string) {
	if a.first.IsZero() {
		a.first = time.Now()
	}
	if c.FinishReason != "" {
		a.reason = c.FinishReason
	}
	a.calls.addWhole(c.Message.ToolCalls)
	a.calls.addParts(c.Delta.ToolCalls)
	said = string(c.Message.Content + c.Delta.Content + c.Text)
	thinking = c.Message.thought() + c.Delta.thought()
	if said != "" || thinking != "" || len(c.Message.ToolCalls)+len(c.Delta.ToolCalls) > 0 {
		a.pieces++
	}
	return said, thinking
}

// thought is the reasoning. Some servers send it under both names.
func (w *words) thought() string { return string(cmp.Or(w.ReasoningContent, w.Reasoning)) }

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

// whole is a reply that ends an answer.
func (a *answer) whole(text, thinking string) reply {
	r := a.part(text, thinking, a.calls.take())
	m := a.metrics()
	r.Done, r.DoneReason, r.metrics = true, doneReason(a.reason), &m
	return r
}

// metrics are what the answer took, as seen from here: the time until the first word stands for reading the
// prompt, the rest for writing. Apps show tokens per second by them.
func (a *answer) metrics() metrics {
	now := time.Now()
	m := metrics{TotalDuration: now.Sub(a.began), PromptEvalCount: a.prompted, EvalCount: cmp.Or(a.generated, a.pieces)}
	if !a.first.IsZero() {
		m.PromptEvalDuration, m.EvalDuration = a.first.Sub(a.began), now.Sub(a.first)
	}
	return m
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
	out := line(a.part(text, thinking, a.calls.take()))
	return append(out, line(a.whole("", ""))...), nil
}
