package tunnel

import (
	"testing"

	"modelbeam/tunnel/dialect"
)

// TestEmptyTools holds which requests lose their list of tools on the way: those of OpenAI's API with
// an empty one, to servers that are not known to take it.
func TestEmptyTools(t *testing.T) {
	const path = "/v1/chat/completions"
	tests := []struct {
		name, path, body string
		dialects         dialect.Dialect
		want             string
	}{
		{"empty", path, `{"model":"tiny","tools":[],"messages":[]}`, dialect.OpenAI, `{"messages":[],"model":"tiny"}`},
		{"with blanks", path, "{\"model\":\"tiny\",\"tools\" : [ \n ],\"n\":1}", dialect.OpenAI, `{"model":"tiny","n":1}`},
		{"with a choice", path, `{"model":"tiny","tools":[],"tool_choice":"auto","parallel_tool_calls":true}`, dialect.OpenAI, `{"model":"tiny"}`},
		{"numbers stay as they are", path, `{"model":"tiny","tools":[],"seed":12345678901234567890}`, dialect.OpenAI, `{"model":"tiny","seed":12345678901234567890}`},
		{"responses", "/v1/responses", `{"model":"tiny","tools":[],"input":"x"}`, dialect.OpenAI, `{"input":"x","model":"tiny"}`},
		{"some", path, `{"model":"tiny","tools":[{"type":"function"}],"tool_choice":"auto"}`, dialect.OpenAI, `{"model":"tiny","tools":[{"type":"function"}],"tool_choice":"auto"}`},
		{"null", path, `{"model":"tiny","tools":null}`, dialect.OpenAI, `{"model":"tiny","tools":null}`},
		{"in a text", path, `{"model":"tiny","prompt":"\"tools\":[]"}`, dialect.OpenAI, `{"model":"tiny","prompt":"\"tools\":[]"}`},
		{"in a message", path, `{"model":"tiny","messages":[{"tools":[]}]}`, dialect.OpenAI, `{"model":"tiny","messages":[{"tools":[]}]}`},
		{"for Ollama", path, `{"model":"tiny","tools":[]}`, dialect.OpenAI | dialect.Ollama, `{"model":"tiny","tools":[]}`},
		{"in Ollama's words", "/api/chat", `{"model":"tiny","tools":[],"messages":[]}`, dialect.Ollama, `{"model":"tiny","tools":[],"messages":[]}`},
		{"Anthropic's", "/v1/messages", `{"model":"tiny","tools":[]}`, dialect.Anthropic, `{"model":"tiny","tools":[]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec := &recorder{}
			g := newRig(t, nil, upstream(t, "vllm", tt.dialects, rec.ServeHTTP, "tiny"))
			if res, body := fetch(t, g.request("POST", tt.path, tt.body)); res.StatusCode != 200 {
				t.Fatalf("status %d: %s", res.StatusCode, body)
			}
			r, sent := rec.last(t)
			if sent != tt.want || r.ContentLength != int64(len(sent)) {
				t.Errorf("the server got %s, said to be %d bytes; want %s", sent, r.ContentLength, tt.want)
			}
		})
	}
}
