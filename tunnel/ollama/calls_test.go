package ollama

import (
	"strings"
	"testing"
)

// TestToolCallsComeTogether has the ways in which servers cut tool calls into parts.
func TestToolCallsComeTogether(t *testing.T) {
	const two = `[{"id":"a","function":{"name":"f","arguments":{"x":1}}},{"id":"b","function":{"name":"g","arguments":{"y":2}}}]`
	tests := []struct {
		name  string
		parts []string // each is the tool calls of an event
		want  string
	}{
		{"an index each", []string{
			`[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]`, `[{"index":0,"function":{"arguments":"{\"x\":"}}]`,
			`[{"index":1,"id":"b","function":{"name":"g","arguments":"{\"y\":2}"}}]`, `[{"index":0,"function":{"arguments":"1}"}}]`,
		}, two},
		{"index 0 for all, whole", []string{
			`[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]`, `[{"index":0,"id":"b","function":{"name":"g","arguments":"{\"y\":2}"}}]`,
		}, two},
		{"index 0 for all, in parts", []string{
			`[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}}]`, `[{"index":0,"function":{"arguments":":1}"}}]`,
			`[{"index":0,"id":"b","function":{"name":"g","arguments":"{\"y\""}}]`, `[{"index":0,"function":{"arguments":":2}"}}]`,
		}, two},
		{"index 0 for all, in one event", []string{
			`[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}},{"index":0,"id":"b","function":{"name":"g","arguments":"{\"y\":2}"}}]`,
		}, two},
		{"index 0, the same tool twice", []string{
			`[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]`, `[{"index":0,"id":"b","function":{"name":"f","arguments":"{}"}}]`,
		}, `[{"id":"a","function":{"name":"f","arguments":{}}},{"id":"b","function":{"name":"f","arguments":{}}}]`},
		{"index 0, no ids", []string{
			`[{"index":0,"function":{"name":"f","arguments":"{\"x\":1}"}}]`, `[{"index":0,"function":{"name":"g","arguments":"{}"}}]`,
			`[{"index":0,"function":{"name":"g","arguments":"{}"}}]`,
		}, `[{"function":{"name":"f","arguments":{"x":1}}},{"function":{"name":"g","arguments":{}}},{"function":{"name":"g","arguments":{}}}]`},
		{"the id in each part", []string{
			`[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}}]`, `[{"index":0,"id":"a","function":{"name":"f","arguments":":1}"}}]`,
		}, `[{"id":"a","function":{"name":"f","arguments":{"x":1}}}]`},
		{"another id in each part", []string{ // vLLM, as long as a name marks the first one
			`[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}}]`, `[{"index":0,"id":"z","function":{"arguments":":1}"}}]`,
		}, `[{"id":"a","function":{"name":"f","arguments":{"x":1}}}]`},
		{"the id later", []string{
			`[{"index":0,"function":{"name":"f","arguments":""}}]`, `[{"index":0,"id":"a","function":{"arguments":"{\"x\":1}"}}]`,
		}, `[{"id":"a","function":{"name":"f","arguments":{"x":1}}}]`},
		{"indexes from 1", []string{
			`[{"index":1,"id":"a","function":{"name":"f","arguments":"{\"x\""}}]`, `[{"index":1,"function":{"arguments":":1}"}}]`,
			`[{"index":2,"id":"b","function":{"name":"g","arguments":"{\"y\":2}"}}]`,
		}, two},
		{"no index", []string{
			`[{"id":"a","function":{"name":"f","arguments":"{\"x\""}}]`, `[{"function":{"arguments":":1}"}}]`,
			`[{"id":"b","function":{"name":"g","arguments":{"y":2}}}]`,
		}, two},
		{"an absurd index", []string{`[{"index":1000000000,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]`, `[{"index":-1,"id":"b","function":{"name":"g","arguments":"{\"y\":2}"}}]`}, two},
		{"nulls", []string{
			`[null,{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}},null]`, `null`, `[null]`,
			`[{"index":1,"id":"b","function":{"name":"g","arguments":"{\"y\":2}"}}]`,
		}, two},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var data []string
			for _, p := range tt.parts {
				data = append(data, `{"choices":[{"delta":{"tool_calls":`+p+`}}]}`)
			}
			body := translated(t, "/api/chat", `{"messages":[{}]}`, response(200, "text/event-stream", streamOf(append(data, "[DONE]")...)))
			want := `[{"model":"m","message":{"role":"assistant","content":"","tool_calls":` + tt.want +
				`},"done":false},{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}]`
			sameJSON(t, withoutTimes(t, body, false), want)
		})
	}
}

// TestWholeToolCalls holds that calls which come whole are one each, whatever their index says.
func TestWholeToolCalls(t *testing.T) {
	const calls = `[{"index":0,"function":{"name":"f","arguments":"{}"}},null,{"index":0,"function":{"name":"f","arguments":{}}}]`
	body := translated(t, "/api/chat", `{"messages":[{}],"stream":false}`,
		response(200, "application/json", `{"choices":[{"message":{"content":null,"tool_calls":`+calls+`}}]}`))
	if n := strings.Count(body, `{"name":"f","arguments":{}}`); n != 2 {
		t.Errorf("%d calls in %s", n, body)
	}
}
