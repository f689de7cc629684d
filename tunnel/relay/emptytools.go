package relay

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"

	"modelbeam/tunnel/dialect"
)

// emptyTools is how a list of tools with nothing in it is written. It may be anywhere in a body, a
// text included.
var emptyTools = regexp.MustCompile(`"tools"\s*:\s*\[\s*\]`)

// toolSettings are the members that say how tools are to be used, which some servers refuse where there
// are none.
var toolSettings = []string{"tools", "tool_choice", "parallel_tool_calls"}

// withoutEmptyTools leaves an empty list of tools out of a request of OpenAI's API. Many clients send
// one with each chat. It means no more than none, and vLLM refuses it, as OpenAI does
// (https://github.com/vllm-project/vllm/issues/39780). Ollama takes it, and so gets the request as
// it is. A request that is too large to be looked through in passing also goes out as it is.
func (l *Relay) withoutEmptyTools(req *http.Request, q *Request) error {
	if !q.Body.Fields.Tools || !q.Generates || q.Dialect != dialect.OpenAI || q.target.Server.Speaks(dialect.Ollama) ||
		q.Body.Len() > largeBody {
		return nil
	}
	content, _ := q.Body.Open()
	text, err := io.ReadAll(content)
	if err != nil || !emptyTools.Match(text) {
		return err
	}
	var request map[string]json.RawMessage
	var tools []json.RawMessage
	if json.Unmarshal(text, &request) != nil || json.Unmarshal(request["tools"], &tools) != nil || len(tools) > 0 {
		return nil // it is in something else, or the server's to refuse
	}
	for _, name := range toolSettings {
		delete(request, name)
	}
	if text, err = json.Marshal(request); err != nil {
		return fmt.Errorf("write request without tools: %w", err)
	}
	if err := l.respool(q, text); err != nil {
		return err
	}
	reword(req, q)
	return nil
}
