package tunnel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
)

// streamlessPaths are where a stream can be made of a plain answer, with the kind of object that an
// event of it is.
var streamlessPaths = map[string]string{
	"/v1/chat/completions": "chat.completion.chunk",
	"/v1/completions":      "text_completion",
}

// unstream asks c's server, which refuses streams as GPT4All does
// (https://github.com/nomic-ai/gpt4all/wiki/Local-API-Server), for a plain answer, and makes the
// stream of it that the client wants. It reports false when the client wants none.
func (t *carrier) unstream(req *http.Request, c *call) (*http.Response, bool, error) {
	if streamlessPaths[c.route.path] == "" || !c.target.server.NoStream {
		return nil, false, nil
	}
	if !c.payload.fields.Streams {
		return nil, false, nil
	}
	usage, err := t.gateway.withoutStream(c)
	if err != nil {
		return nil, true, err
	}
	reword(req, c)
	req.Header.Set("Accept", "application/json")
	direct(req, c.target.server, c.route.dialect)
	res, err := t.ask(req, c)
	if err != nil {
		return nil, true, err
	}
	return res, true, streamOut(res, c, usage)
}

// withoutStream puts the request's body without its wish for a stream into c.instead, and reports
// whether the stream shall end with the usage.
func (g *Gateway) withoutStream(c *call) (usage bool, err error) {
	body, release, err := g.wholeBody(c)
	if err != nil {
		return false, err
	}
	defer release()
	var request map[string]json.RawMessage
	if err := json.Unmarshal(body, &request); err != nil {
		return false, errNotJSON
	}
	var options struct {
		IncludeUsage bool `json:"include_usage"`
	}
	_ = json.Unmarshal(request["stream_options"], &options)
	delete(request, "stream")
	delete(request, "stream_options")
	if body, err = json.Marshal(request); err != nil {
		return false, fmt.Errorf("write request without stream: %w", err)
	}
	return options.IncludeUsage, g.respool(c, body)
}

// streamOut makes events of a plain answer, in place. Everything else stays as it is.
func streamOut(res *http.Response, c *call, usage bool) error {
	const limit = 16 << 20
	is, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if res.StatusCode != http.StatusOK || is != "application/json" {
		return nil
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, limit))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	events, ok := eventsOf(answer, streamlessPaths[c.route.path], usage)
	if !ok { // an error that says 200, for one
		res.Body = rejoined(bytes.NewReader(answer), res.Body)
		return nil
	}
	(&meter{tokens: &c.tokens}).usage(answer)
	res.Body = rejoined(bytes.NewReader(events), res.Body)
	res.ContentLength, res.TransferEncoding = -1, []string{"chunked"}
	res.Header.Del("Content-Length")
	res.Header.Set("Content-Type", "text/event-stream")
	return nil
}

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

// eventsOf turns an answer into the events that a stream of it would have had: what was said, why
// it ended, the usage where that is wanted, and the mark of the end.
func eventsOf(answer []byte, kind string, usage bool) ([]byte, bool) {
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

// split returns what was said and why it ended, each as a choice of an event.
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
