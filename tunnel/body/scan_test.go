package body

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// scan writes text to a scanner in pieces of size, and closes it.
func scan(text string, size int, names ...string) (*Scanner, error) {
	s := NewScanner(names...)
	for rest := text; rest != ""; rest = rest[min(size, len(rest)):] {
		if _, err := s.Write([]byte(rest[:min(size, len(rest))])); err != nil {
			return s, err
		}
		if held := cap(s.text.bytes); held > 2*maxToken {
			return s, fmt.Errorf("it holds %d bytes", held)
		}
	}
	return s, s.Close()
}

// cuts are the sizes of pieces in which every text is read.
func cuts(text string) []int { return []int{1, 3, 64, len(text) + 1} }

// faultOf returns what is wrong with text, read in pieces of any size alike, or -1.
func faultOf(t *testing.T, text string, names ...string) FaultKind {
	t.Helper()
	const none = FaultKind(255)
	first := none
	for i, size := range cuts(text) {
		kind := none
		var fault *Fault
		if _, err := scan(text, size, names...); errors.As(err, &fault) {
			kind = fault.Kind
		}
		if i > 0 && kind != first {
			t.Errorf("%.80q in pieces of %d: %v, else %v", text, size, kind, first)
		}
		first = kind
	}
	return first
}

const passes = FaultKind(255)

func TestScannerFindsTheModel(t *testing.T) {
	photo := strings.Repeat("QUJD", 50_000)
	tests := []struct {
		body, model string
		streams     bool
	}{
		{`{"model":"a"}`, "a", false},
		{` { "model" : "a" , "stream" : true } `, "a", true},
		{`{"stream":true,"model":"a"}`, "a", true},
		{`{"stream":false,"model":"a"}`, "a", false},
		{`{"stream":"true","model":"a"}`, "a", false},
		{`{"messages":[{"model":"no","content":"\"model\":\"no\""}],"model":"a"}`, "a", false},
		{`{"x":{"model":"no","stream":true},"model":"a"}`, "a", false},
		{`{"x":"model","y":"stream","model":"a"}`, "a", false},
		{`{"x":["model","no"],"model":"a/b:c"}`, "a/b:c", false},
		{`{"mo\u0064el":"\u0061\"b"}`, `a"b`, false},
		{`{"x":"\\","model":"a"}`, "a", false},
		{`{"x":"\\\"","model":"a"}`, "a", false},
		{`{"x":"\ud83d cut by an app","model":"a"}`, "a", false},
		{`{"model":"a"} ` + "\r\n\t", "a", false},
		{`{"a":[],"b":{},"c":[1,-2.5e+3,null,{"d":[[true]]}],"model":"a"}`, "a", false},
		{`{"photo":"` + photo + `","model":"late"}`, "late", false},
		{`{"model":"` + strings.Repeat("x", 2*maxToken) + `"}`, strings.Repeat("x", maxToken), false},
		{`{"model":null}`, "", false},
		{`{"model":""}`, "", false},
		{`{}`, "", false},
	}
	for _, tt := range tests {
		for _, size := range cuts(tt.body) {
			s, err := scan(tt.body, size, "model")
			got := s.Model()
			if err != nil || got.Value != tt.model || s.Streams != tt.streams {
				t.Errorf("%.60s in pieces of %d: %v, model %q, streams %v", tt.body, size, err, got.Value, s.Streams)
			}
			if written := tt.body[got.Start:got.End]; len(tt.model) < maxToken && !strings.Contains(`"a" "a/b:c" "\u0061\"b" "late" null ""`, written) {
				t.Errorf("%.60s in pieces of %d: stands at %q", tt.body, size, written)
			}
		}
	}
}

// What Go's clients of Ollama send: both names, one of them empty.
func TestScannerTakesTheNameThatIsOne(t *testing.T) {
	for body, want := range map[string]string{
		`{"model":"","name":"x"}`: "x", `{"name":"x","model":""}`: "x", `{"model":"x","name":""}`: "x", `{"model":null,"name":"x"}`: "x",
		`{"model":"x","name":null}`: "x", `{"name":"a","model":"a"}`: "a", `{"name":"a"}`: "a", `{"name":null,"model":null}`: "",
	} {
		s, err := scan(body, 1, "model", "name")
		if got := s.Model(); err != nil || got.Value != want || want != "" && body[got.Start:got.End] != `"`+want+`"` {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
	for body, want := range map[string]FaultKind{
		`{"name":"a","model":"b"}`: Ambiguous, `{"name":"a","name":"a"}`: Ambiguous, `{"name":null,"name":"a"}`: Ambiguous,
		`{"name":"a","Name":"a"}`: Ambiguous, `{"Name":"a"}`: Misspelled, `{"name":1}`: NoName,
	} {
		if got := faultOf(t, body, "model", "name"); got != want {
			t.Errorf("%s: %v, want %v", body, got, want)
		}
	}
}

func TestScannerStops(t *testing.T) {
	deep := strings.Repeat(`{"x":[`, maxDepth/2)
	for want, bodies := range map[FaultKind][]string{
		Ambiguous: {`{"model":"a","model":"a"}`, `{"model":"a","Model":"b"}`, `{"model":"a","mo\u0064el":"b"}`, `{"model":null,"model":"a"}`},
		Misspelled: {
			`{"MODEL":"a"}`, `{"Model":null}`, `{"Model":"a","model":"b"}`, `{"extra_body":{"model":"a"}}`,
			`{"model":"a","extra_body":{"x":1,"model":"b"}}`, `{"extra_body":{"extra_body":{"Model":"b"}}}`,
		},
		NoName: {`{"model":1}`, `{"model":true}`, `{"model":nul}`, `{"model":["a"]}`, `{"model":{"a":1}}`, `{"model":[]}`},
		NotJSON: {
			``, ` `, `["model","a"]`, `"model"`, `model=b&x={"model":"a"}`, `}}}}{"model":"a"}`, `{"model":"a"}{"model":"b"}`, `{"model":"a"}x`,
			"\xef\xbb\xbf" + `{"model":"a"}`, "\xff\xfe{\x00}\x00", `{"model":"a","model\u0000":"b"}`, "{\"model\":\"a\",\"mod\xffel\":\"b\"}",
			`{"model":"a","mod\ud800el":"b"}`, "{\"model\":\"\xff\"}", `{"model":"a\u0000b"}`,
			`{"model":"a"/*"*/,"model":"b"/*"*/}`, `{"model":"a",//"` + "\n" + `"x":1}`, `{'model':'a'}`, `{"x":1 "y":2}`, `{"x" "y"}`, `{"x":1,}`,
			`{"x":[1,]}`, `{,}`, `{"x"}`, `{"x":1]`, `{"x":[1}`, `{"x":}`, `{1:2}`, `{"x":1 2}`, `{"a":"b":"c"}`, deep + `[`,
			`{"extra_body":` + strings.Repeat(`{"extra_body":`, maxNesting) + `1`, `{"` + strings.Repeat("x", maxToken+1) + `":1}`,
		},
		Incomplete: {`{`, `{"model":`, `{"model":"a"`, `{"model":"a","x":"`, `{"model":"a","x":"\`, `{"model":"a","x":"\u00`, `{"x":[{}`, `{"model":"a`, `{"x":tru`, deep},
		OtherModel: {
			`{"model":"a","draft_model":"b"}`, `{"model":"a","Models":["b"]}`, `{"EXTRA_BODY":{"fallbacks":[{}]}}`, `{"models":[null]}`, `{"models":[[]]}`,
			`{"models":{"a":1}}`, `{"draft_model":0}`, `{"draft_model":true}`, `{"model\u017f":["b"]}`, `{"model\u017f":"b"}`, `{"fallbac\u212as":["b"]}`,
			`{"models":null,"models":["b"]}`, `{"lora_path":" "}`, `{"models":["` + "\n",
		},
		ServerTools: {
			`{"tools":[{"type":"function"},{"server":"x","type":"mcp"}],"model":"a"}`, `{"tools":[{"typ\u0065":"MCP"}]}`, `{"tools":{"type":"mcp"}}`,
			`{"TOOLS":[{"Type":"mcp"}]}`, `{"tools":[{"type":"mcp_toolset"}]}`, `{"extra_body":{"tools":[{"type":"mcp"}]}}`, `{"mcp_servers":[{}]}`,
			`{"extra_body":{"integrations":["x"]}}`, `{"integrations":["mcp/x"]}`, `{"Mcp_Servers":{"a":1}}`, `{"mcp_server\u017f":"x"}`, `{"mcpServers":{"a":1}}`,
			`{"mcp":[1]}`, `{"extra_body":{"mcp-tools":["x"]}}`, `{"tool_ids":["server:mcp:x"]}`, `{"tool_servers":[{"url":"http://x"}]}`,
			`{"tools":[{"type":"ephemeral_mcp"}]}`, `{"tools":[{"type":"remote-\u004dCP"}]}`, `{"tools":[{"type":" mcp"}]}`, `{"tool\u017f":[{"type":"mcp"}]}`,
		},
		passes: {
			deep + strings.Repeat("]}", maxDepth/2), `{"models":null,"fallbacks":[],"user_config":{},"draft_model":"","adapters":false,"lora_path": [ ] }`,
			`{"mcp_servers":[],"integrations":null,"mcp":{},"tool_ids":[],"tool_servers":""}`, `{"tools":[{"type":"function","function":{"name":"mcp__a__b"}}]}`, `{"tools":[{"type":"function","function":{"type":"mcp"}}]}`, `{"other":[{"type":"mcp"}]}`,
			`{"tools":[],"x":{"type":"mcp"}}`, `{"x":{"draft_model":"b","extra_body":{"model":"b"}}}`, `{"tools":null}`, `{"tools":[{"type":null}]}`,
			`{"extra_body":null}`, `{"extra_body":[{"model":"b"}]}`, `{"options":{"model":"x","tools":[{"type":"mcp"}]}}`, "{\"x\":\"\x7f\u0080\"}",
		},
	} {
		for _, body := range bodies {
			if got := faultOf(t, body, "model"); got != want {
				t.Errorf("%.100q: %v, want %v", body, got, want)
			}
		}
	}
}

// An escape that RFC 8259 does not have is read as one thing by one parser and as another one by the
// next, wherever it stands: Qt's drops the backslash.
func TestScannerStopsAtBadStrings(t *testing.T) {
	for _, bad := range []string{
		`\e`, `\a`, `\0`, `\x41`, `\'`, `\U0041`, `\u`, `\u00`, `\u004`, `\u004g`, `\u{41}`, `\` + "\n", "\n", "\t", "\x00", "\x1f", `\u-041`, `\v`, `\ `,
	} {
		for _, shape := range []string{`{"mod%szel":1}`, `{"x":"%szz"}`, `{"x":[{"y":"a%s z"}]}`, `{"model":"a%s"}`, `{"x":{"%s":1}}`} {
			if got := faultOf(t, fmt.Sprintf(shape, bad), "model"); got != NotJSON {
				t.Errorf(shape+": %v", bad, got)
			}
		}
	}
	good := `{"\"\\\/\b\f\n\r\t\u00e4\uD83D\uDE00":"\"\\\/\b\f\n\r\t\u00e4\uD83D\uDE00","model":"a"}`
	if got := faultOf(t, good, "model"); got != passes {
		t.Errorf("%s: %v", good, got)
	}
}

func TestScannerCounts(t *testing.T) {
	for body, want := range map[string][4]int{ // prompts, inputs, messages, answers
		`{}`:                                    {},
		`{"prompt":"a","n":3}`:                  {1, 0, 0, 3},
		`{"prompt":""}`:                         {},
		`{"prompt":["a","b",["c"]]}`:            {3, 0, 0, 0},
		`{"prompt":[1,2,3]}`:                    {},
		`{"prompt":[[1,2],[3]],"n":2}`:          {2, 0, 0, 2},
		`{"prompt":["a"],"prompt":["b"]}`:       {2, 0, 0, 0},
		`{"input":["a","b"]}`:                   {0, 2, 0, 0},
		`{"content":["a","b",[1]]}`:             {0, 3, 0, 0},
		`{"input":"a"}`:                         {0, 1, 0, 0},
		`{"messages":[{},{"content":[1]}]}`:     {0, 0, 2, 0},
		`{"n":1,"n":100}`:                       {0, 0, 0, 100},
		`{"N":"1_00"}`:                          {0, 0, 0, 100},
		`{"n":1e2,"best_of":7}`:                 {0, 0, 0, 100},
		`{"n":1.5}`:                             {0, 0, 0, 2},
		`{"extra_body":{"n":9}}`:                {0, 0, 0, 9},
		`{"n":1e999}`:                           {0, 0, 0, maxNumber},
		`{"n":-1,"best_of":null,"n_cmpl":true}`: {},
		`{"x":{"n":9,"prompt":["a"]}}`:          {},
	} {
		s, err := scan(body, 2, "model")
		if got := [4]int{s.Prompts, s.Inputs, s.Messages, s.Answers}; err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", body, got, err, want)
		}
	}
}

func TestScannerSeesParts(t *testing.T) {
	for body, want := range map[string]bool{
		`{"messages":[{"content":"a"},{"role":"user","content":[{"type":"text"}]}]}`: true,
		`{"messages":[{"Cont\u0065nt":[]}]}`:                                         true,
		`{"messages":[{"content":"a","images":["x"],"tool_calls":[{}]}]}`:            false,
		`{"messages":[{"x":{"content":[]}}],"content":[],"x":[{"content":[]}]}`:      false,
		`{"messages":[{"\u0000":[],"content":{}}]}`:                                  false,
		`{"prompt":[{"content":[]}]}`:                                                false,
	} {
		if s, err := scan(body, 3, "model"); err != nil || s.InParts != want {
			t.Errorf("%s: %v, %v", body, s.InParts, err)
		}
	}
}

func TestSettingsAreDropped(t *testing.T) {
	for body, want := range map[string]string{
		`{"keep_alive":0}`:                                                  `{}`,
		`{ "keep_alive" : "5m" }`:                                           `{  }`,
		`{"a":1,"keep_alive":-1}`:                                           `{"a":1}`,
		`{"keep_alive":-1,"a":1}`:                                           `{"a":1}`,
		`{"a":1, "ttl":{"x":[1,{}]} , "b":2}`:                               `{"a":1,  "b":2}`,
		`{"a":1,"ttl":1,"id_slot":2}`:                                       `{"a":1}`,
		`{"ttl":1,"id_slot":2}`:                                             `{}`,
		`{"ttl":1,"id_slot":2,"a":1}`:                                       `{"a":1}`,
		`{"ttl":1,"a":1,"id_slot":2}`:                                       `{"a":1}`,
		`{"ttl":1,"a":1,"id_slot":2,"b":2,"numa":true}`:                     `{"a":1,"b":2}`,
		`{"options":{"num_gpu":1,"temperature":0},"a":[1,2]}`:               `{"options":{"temperature":0},"a":[1,2]}`,
		`{"options":{"temperature":0,"num_gpu":null}}`:                      `{"options":{"temperature":0}}`,
		`{"extra_body":{"options":{"Num_GPU":1}}}`:                          `{"extra_body":{"options":{}}}`,
		`{"\u006beep_alive":0,"KEEP_ALIVE":0}`:                              `{}`,
		`{"\u212aeep_alive":0}`:                                             `{}`,
		`{"x":{"keep_alive":0},"messages":[{"ttl":1}],"tools":[{"ttl":1}]}`: `{"x":{"keep_alive":0},"messages":[{"ttl":1}],"tools":[{"ttl":1}]}`,
	} {
		for _, size := range cuts(body) {
			s, err := scan(body, size, "model")
			edits, top := drop(s.Settings)
			if got := edited(t, body, edits); err != nil || got != want {
				t.Errorf("%s in pieces of %d: %s, %v, want %s", body, size, got, err, want)
			}
			if kept := s.Members - top; (kept == 0) != (strings.TrimSpace(strings.Trim(want, "{}")) == "") {
				t.Errorf("%s: %d of %d members are kept", body, kept, s.Members)
			}
		}
	}
	if got := faultOf(t, `{`+strings.Repeat(`"ttl":1,`, maxSettings+1)+`"a":1}`); got != Repetitive {
		t.Errorf("many settings: %v", got)
	}
}

func TestSettingsAreReplaced(t *testing.T) {
	const body = `{"keep_alive":"9999h","options":{"num_ctx": 100000000}}`
	s, err := scan(body, 5)
	if err != nil || len(s.Settings) != 2 || s.Settings[0].Text != "9999h" || !s.Settings[0].IsString || s.Settings[1].Text != "100000000" {
		t.Fatalf("%+v, %v", s.Settings, err)
	}
	edits := []edit{s.Settings[1].replaced([]byte("1")), s.Settings[0].replaced([]byte(`"30m"`))}
	if got := edited(t, body, edits); got != `{"keep_alive":"30m","options":{"num_ctx": 1}}` {
		t.Error(got)
	}
}
