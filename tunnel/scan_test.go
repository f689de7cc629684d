package tunnel

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestScanner(t *testing.T) {
	photo := strings.Repeat("QUJD", 50_000)
	tests := []struct {
		body, model string
		streams     bool
		mcp         bool
	}{
		{`{"model":"a"}`, "a", false, false},
		{` { "model" : "a" , "stream" : true } `, "a", true, false},
		{`{"stream":true,"model":"a"}`, "a", true, false},
		{`{"stream":false,"model":"a"}`, "a", false, false},
		{`{"messages":[{"model":"no","content":"\"model\":\"no\""}],"model":"a"}`, "a", false, false},
		{`{"x":{"model":"no","stream":true},"model":"a"}`, "a", false, false},
		{`{"x":"model","y":"stream","model":"a"}`, "a", false, false},
		{`{"x":["model","no"],"model":"a/b:c"}`, "a/b:c", false, false},
		{`{"mo\u0064el":"\u0061\"b"}`, `a"b`, false, false},
		{`{"x":"\\","model":"a"}`, "a", false, false},
		{`{"x":"\\\"","model":"a"}`, "a", false, false},
		{`{"model":"first","model":"second"}`, "first", false, false},
		{`{"model":1,"stream":"true"}`, "", false, false},
		{`{"model":null}`, "", false, false},
		{`["model","a"]`, "", false, false},
		{`"model"`, "", false, false},
		{``, "", false, false},
		{`{"model":"a`, "", false, false},
		{`}}}}{"model":"a"}`, "", false, false},
		{`{"photo":"` + photo + `","model":"late"}`, "late", false, false},
		{`{"model":"` + strings.Repeat("x", 2*maxToken) + `"}`, strings.Repeat("x", maxToken), false, false},
		{strings.Repeat(`{"x":[`, 500) + `"model"`, "", false, false},
		{`{"tools":[{"type":"function"},{"server":"x","type":"mcp"}],"model":"a"}`, "a", false, true},
		{`{"tools":[{"type":"function","function":{"type":"mcp"}}]}`, "", false, false},
		{`{"other":[{"type":"mcp"}]}`, "", false, false},
		{`{"tools":[{"typ\u0065":"MCP"}]}`, "", false, true},
	}
	for _, tt := range tests {
		for _, size := range []int{1, 3, 64, len(tt.body) + 1} {
			s := newScanner("model")
			for rest := tt.body; rest != ""; {
				n := min(size, len(rest))
				_, _ = s.Write([]byte(rest[:n]))
				rest = rest[n:]
			}
			name := fmt.Sprintf("%.60s in pieces of %d", tt.body, size)
			if got := s.best(); got.value != tt.model || s.streams.Load() != tt.streams || s.mcp != tt.mcp {
				t.Errorf("%s: model %q, streams %v, mcp %v", name, got.value, s.streams.Load(), s.mcp)
			} else if got.end > 0 && len(tt.model) < maxToken {
				var value string
				if err := json.Unmarshal([]byte(tt.body[got.start:got.end]), &value); err != nil || value != tt.model {
					t.Errorf("%s: stands at %q", name, tt.body[got.start:got.end])
				}
			}
			if cap(s.token) > 2*maxToken {
				t.Errorf("%s: holds %d bytes", name, cap(s.token))
			}
		}
	}
}

// FuzzScanner compares with encoding/json on whatever is valid JSON.
func FuzzScanner(f *testing.F) {
	f.Add(`{"model":"a","stream":true}`)
	f.Add(`{"a":[{"b":"}"}],"model":"x\\"}`)
	f.Add(`{"m":[[[]],{}],"model":"\u00e4"}`)
	f.Fuzz(func(t *testing.T, body string) {
		s := newScanner("model")
		_, _ = s.Write([]byte(body))
		var v map[string]json.RawMessage
		if json.Unmarshal([]byte(body), &v) != nil || strings.Count(body, "model")+strings.Count(body, `\u`) != 1 {
			return
		}
		var want string
		if json.Unmarshal(v["model"], &want) != nil || len(v["model"]) > maxToken || v["model"][0] != '"' {
			return
		}
		if got := s.best().value; got != want {
			t.Errorf("%q: model is %q, want %q", body, got, want)
		}
	})
}

func TestFindFormModel(t *testing.T) {
	part := func(name, extra, value string) string {
		return fmt.Sprintf("--B\r\nContent-Disposition: form-data; name=%q%s\r\n\r\n%s\r\n", name, extra, value)
	}
	file := part("file", "; filename=\"a.wav\"\r\nContent-Type: audio/wav", strings.Repeat("\x00\n\r", 20_000)+"--B")
	tests := map[string]string{
		part("model", "", "whisper") + "--B--\r\n":          "whisper",
		file + part("model", "", "whisper@b") + "--B--\r\n": "whisper@b",
		part("prompt", "", "name=model") + "--B--\r\n":      "",
		file + "--B--\r\n": "",
		"":                 "",
		"--B\r\nContent-Disposition: form-data; name=\"model\"\r\n": "",
	}
	for body, want := range tests {
		got := findFormModel(strings.NewReader(body), "B")
		if got.value != want || (want != "" && body[got.start:got.end] != want) {
			t.Errorf("%.80q: found %+v, want %q", body, got, want)
		}
	}
}
