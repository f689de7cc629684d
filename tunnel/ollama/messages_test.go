package ollama

import (
	"encoding/json"
	"testing"
)

func TestMessages(t *testing.T) {
	const call = `{"function":{"name":"weather","arguments":{"city":"Rome"}}}`
	const other = `{"function":{"name":"time","arguments":{}}}`
	tests := []struct{ name, in, want string }{
		{
			"plain", `[{"role":"system","content":"s"},{"role":"assistant","content":"a","thinking":"t"}]`,
			`[{"role":"system","content":"s"},{"role":"assistant","content":"a"}]`,
		},
		{
			"pictures", `[{"role":"user","content":"what?","images":["iVBORw0KGgoAAAANSUhEUg==","R0lGODlhAQABAAAA","UklGRiIAAABXRUJQVlA4","data:image/png;base64,AAAA","AAAA"]}]`,
			`[{"role":"user","content":[{"type":"text","text":"what?"},
				{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="}},
				{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlhAQABAAAA"}},
				{"type":"image_url","image_url":{"url":"data:image/webp;base64,UklGRiIAAABXRUJQVlA4"}},
				{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
				{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,AAAA"}}]}]`,
		},
		{
			"a picture alone", `[{"role":"user","content":"","images":["/9j/"]}]`,
			`[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/"}}]}]`,
		},
		{
			"results in order", `[{"role":"assistant","content":"","tool_calls":[` + call + `,` + other + `]},{"role":"tool","content":"sun"},{"role":"tool","content":"noon"}]`,
			`[{"role":"assistant","content":"","tool_calls":[
				{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Rome\"}"}},
				{"id":"call_2","type":"function","function":{"name":"time","arguments":"{}"}}]},
			  {"role":"tool","content":"sun","tool_call_id":"call_1"},{"role":"tool","content":"noon","tool_call_id":"call_2"}]`,
		},
		{
			"results by name", `[{"role":"assistant","tool_calls":[` + call + `,` + other + `]},{"role":"tool","tool_name":"time","content":"noon"},{"role":"tool","tool_name":"weather","content":"sun"}]`,
			`[{"role":"assistant","content":"","tool_calls":[
				{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Rome\"}"}},
				{"id":"call_2","type":"function","function":{"name":"time","arguments":"{}"}}]},
			  {"role":"tool","content":"noon","tool_call_id":"call_2"},{"role":"tool","content":"sun","tool_call_id":"call_1"}]`,
		},
		{
			"results by id", `[{"role":"assistant","tool_calls":[{"id":"x","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"y","function":{"name":"f","arguments":null}}]},
				{"role":"tool","tool_call_id":"y","content":"2"},{"role":"tool","tool_call_id":"x","content":"1"},{"role":"tool","tool_call_id":"z","content":"?"}]`,
			`[{"role":"assistant","content":"","tool_calls":[
				{"id":"x","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"y","type":"function","function":{"name":"f","arguments":"{}"}}]},
			  {"role":"tool","content":"2","tool_call_id":"y"},{"role":"tool","content":"1","tool_call_id":"x"},{"role":"tool","content":"?","tool_call_id":"z"}]`,
		},
		{"a result without a call", `[{"role":"tool","content":"?"}]`, `[{"role":"tool","content":"?"}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var in []message
			if err := json.Unmarshal([]byte(tt.in), &in); err != nil {
				t.Fatal(err)
			}
			sameJSON(t, string(line(openAIMessages(in))), tt.want)
		})
	}
}
