package events

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzEventsOf holds that the stream that is made of a plain answer is one: events of JSON and the mark
// of the end.
func FuzzEventsOf(f *testing.F) {
	for _, answer := range []string{
		`{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}`,
		`{"choices":[{"message":{"tool_calls":[null,{"id":"a","function":{"name":"f"}}]}}]}`,
		`{"choices":[{"message":{"tool_calls":null}},{"message":null,"text":null}]}`,
		`{"choices":[{"text":"a","finish_reason":null}]}`, `{"choices":[null]}`, `{"error":"x"}`, `null`, `[]`, `{"choices":[{"message":{}}]}`,
	} {
		f.Add([]byte(answer), true)
		f.Add([]byte(answer), false)
	}
	f.Fuzz(func(t *testing.T, answer []byte, usage bool) {
		events, ok := OfAnswer(answer, "chat.completion.chunk", usage)
		if !ok {
			return
		}
		rest, done := strings.CutSuffix(string(events), "data: [DONE]\n\n")
		if !done {
			t.Fatalf("the end is missing in %q", events)
		}
		for _, event := range strings.Split(strings.TrimSuffix(rest, "\n\n"), "\n\n") {
			data, ok := strings.CutPrefix(event, "data: ")
			var v struct{ Object string }
			if !ok || json.Unmarshal([]byte(data), &v) != nil || v.Object != "chat.completion.chunk" {
				t.Fatalf("an event is %q", event)
			}
		}
	})
}

// FuzzUnmask holds that an answer passes as it is or, where it is an error that says 200, as an error.
func FuzzUnmask(f *testing.F) {
	for _, answer := range []string{
		`{"error":"Unexpected endpoint"}`, ` { "error" : { "message" : "x" } } `, `{"error":null}`, `{"error":null,"choices":[]}`,
		`{"error":["x"],"data":[]}`, `{"error"`, `{"choices":[]}`, ``, `null`,
	} {
		f.Add([]byte(answer))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		res := &http.Response{
			StatusCode: http.StatusOK, ContentLength: int64(len(answer)), Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(iotest.OneByteReader(bytes.NewReader(answer))),
		}
		Unmask(res)
		got, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode == http.StatusOK && !bytes.Equal(got, answer) {
			t.Fatalf("%q became %q", answer, got)
		}
		var v struct{ Error json.RawMessage }
		if res.StatusCode != http.StatusOK && (json.Unmarshal(got, &v) != nil || len(v.Error) == 0 || res.ContentLength != int64(len(got))) {
			t.Fatalf("%q became the error %q", answer, got)
		}
	})
}

// FuzzUsage holds that an answer passes unchanged while its tokens are counted, and never below none.
func FuzzUsage(f *testing.F) {
	for _, answer := range []string{
		`{"usage":{"prompt_tokens":11,"completion_tokens": 7}}`, `{"prompt_eval_count":4,"eval_count":5}`,
		`"completion_tokens":99999999999999999999`, `"completion_tokens":-5`, `"output_tokens":null`, `_tokens"_count"`,
		"data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\r\rdata: x\n",
	} {
		f.Add([]byte(answer), uint8(3))
	}
	f.Fuzz(func(t *testing.T, answer []byte, size uint8) {
		count := func(size int) (prompt, generated int64) {
			var c Tokens
			body := &metered{ReadCloser: io.NopCloser(bytes.NewReader(answer)), meter: meter{Tokens: &c}}
			if got, err := io.ReadAll(readerOfSize{body, size}); err != nil || !bytes.Equal(got, answer) {
				t.Fatalf("%q came as %q, %v", answer, got, err)
			}
			return c.Prompt.Load(), c.Generated.Load()
		}
		if p, g := count(int(size) + 1); p < 0 || g < 0 {
			t.Fatalf("%d and %d tokens in %q", p, g, answer)
		}
		m := &meter{Tokens: &Tokens{}, text: textMembers["/v1/chat/completions"]}
		m.count(answer)
		if n := m.Generated.Load(); n < 0 {
			t.Fatalf("%d tokens in %q", n, answer)
		}
	})
}
