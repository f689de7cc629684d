package ollama

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// pieces are events, as servers send them or as none does.
var pieces = []string{
	// OpenAI, llama.cpp, vLLM, LM Studio, a server in Python
	`{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","service_tier":"default","system_fingerprint":"f","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"obfuscation":"x"}`,
	`{"choices":[{"finish_reason":null,"index":0,"delta":{"content":"hé \"2\"\n\u00e9\ud83d\ude00"}}],"created":1700000000,"id":"chatcmpl-1","model":"m","system_fingerprint":"b1","object":"chat.completion.chunk","timings":{"prompt_n":1,"prompt_ms":1.5e2}}`,
	`{"id":"c","choices":[{"index":0,"delta":{"content":"a","reasoning_content":null,"tool_calls":[]},"logprobs":null,"finish_reason":null,"stop_reason":null}],"usage":null}`,
	`{"id": "c", "choices": [{"index": 0, "delta": {"reasoning": "r", "reasoning_content": "s"}, "finish_reason": null}]}`,
	`{"choices":[{"text":"a","index":0,"finish_reason":"stop"}],"error":null}`,
	`{"choices":[{"delta":{},"finish_reason":"length"}]}`,
	// Others.
	`{"choices":[]}`, `{"choices":null}`, `{"choices":[null]}`, `{"choices":[{"delta":null}]}`, `{"choices":[{"delta":{"content":["a"]}}]}`,
	`{"choices":[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]}`, `{"choices":[{"delta":{"content":"a"}}],"choices":[{"delta":{"reasoning":"b"}}]}`,
	`{"choices":[{"delta":{"content":"a"},"Delta":{"reasoning":"b"}}]}`, `{"choices":[{"delta":{"content":"a","content":null}}]}`,
	`{"choices":[{"delta":{"content":"a"},"message":{"content":"b"}}]}`, `{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}`,
	`{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":1}}`, `{"choices":[{"delta":{"content":"a"}}],"error":"x"}`, `{"choices":[{"delta":{"content":"a"}}],"error":[]}`,
	`{"choices":[{"finish_reason":1}]}`, `{"choices":[{"delta":{"content":"\ud800"}}]}`, "{\"choices\":[{\"delta\":{\"content\":\"\xff\"}}]}", `{"choices":[{"delta":{"content":"a"}}]} `,
	`{"choices":[{"delta":{"content":"a"}}]}}`, `{"choices":[{"delta":{"content":"a"}}]`, `{"error":{"message":"m"}}`, `{}`, `null`, `1`, `""`, ``,
}

// readTwice fails where usual reads something else than encoding/json.
func readTwice(t *testing.T, event []byte) (isUsual bool) {
	t.Helper()
	c, ok := usual(event)
	if !ok {
		return false
	}
	var p piece
	if err := json.Unmarshal(event, &p); err != nil {
		t.Fatalf("%q was read, by encoding/json: %v", event, err)
	}
	if len(p.Choices) != 1 || p.Usage != nil || !isNull(p.Error) {
		t.Fatalf("%q is more than one choice", event)
	}
	if want := p.Choices[0]; len(want.Delta.ToolCalls) > 0 {
		t.Fatalf("the tool calls of %q were left out", event)
	} else if want.Delta.ToolCalls = nil; !reflect.DeepEqual(c, want) {
		t.Fatalf("%q became %+v, by encoding/json %+v", event, c, want)
	}
	return true
}

func TestUsual(t *testing.T) {
	for i, event := range pieces {
		if isUsual := readTwice(t, []byte(event)); isUsual != (i < 6 || strings.HasSuffix(event, "]} ")) {
			t.Errorf("usual: %v: %s", isUsual, event)
		}
	}
}

func FuzzUsual(f *testing.F) {
	for _, event := range pieces {
		f.Add([]byte(event))
	}
	f.Fuzz(func(t *testing.T, event []byte) { readTwice(t, event) })
}

// FuzzLines holds that a line is written as encoding/json would.
func FuzzLines(f *testing.F) {
	f.Add("m", "said", "", "stop", true)
	f.Add("a\"b", "<\u2028\xff\x00>", "thought", "length", false)
	f.Add("", "", "é", "", true)
	f.Fuzz(func(t *testing.T, model, said, thinking, reason string, chat bool) {
		a := answer{Translation: &Translation{model: model, chat: chat}, reason: reason}
		sameLine(t, a.appendPart(nil, said, thinking), a.part(said, thinking, nil))
		m := metrics{
			TotalDuration: time.Duration(len(said)), PromptEvalCount: len(model), PromptEvalDuration: time.Second,
			EvalCount: -1, EvalDuration: time.Duration(len(reason)),
		}
		last := a.part("", "", nil)
		last.Done, last.DoneReason, last.metrics = true, doneReason(reason), &m
		sameLine(t, a.appendLast(nil, m), last)
	})
}

// sameLine fails if encoding/json would write something else than got, which is from a moment before.
func sameLine(t *testing.T, got []byte, want reply) {
	t.Helper()
	var read struct {
		CreatedAt time.Time `json:"created_at"`
	}
	if err := json.Unmarshal(got, &read); err != nil || time.Since(read.CreatedAt) < 0 || time.Since(read.CreatedAt) > time.Hour {
		t.Fatalf("%v in %s", err, got)
	}
	want.CreatedAt = read.CreatedAt
	if string(got) != string(line(want)) {
		t.Fatalf("%s, by encoding/json %s", got, line(want))
	}
}

// conversations are requests, as clients send them or as none does.
var conversations = []string{
	`{"model":"m","messages":[{"role":"user","content":"hi\n"},{"role":"assistant","content":null}],"stream":true,"options":{"num_ctx":1}}`,
	`{"messages":[{"role":"user","content":"hi","images":["/9j/"]},null,{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{}}}]},{"role":"tool","content":"1","tool_name":"f"}]}`,
	`{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}`, `{"prompt":"p","system":"s","images":["a"],"raw":true}`,
	`{"messages":[{"content":"x","content":null}]}`, `{"messages":[{"role":"x","Role":"y"}]}`, `{"messages":[{"content":5}]}`, `{"messages":5}`, `{"messages":null,"prompt":null}`,
	`{"messages":[],"messages":[{}]}`, `{"Messages":[{}]}`, `{"prompt":"p","prompt":5}`, `{"messages":[{"content":"\ud800"}]}`, `{"messages":[{}],"stream":"yes"}`, `{"messages":[{}]`, `[]`, `null`,
}

// FuzzLong holds that a request is read, and written, as encoding/json would.
func FuzzLong(f *testing.F) {
	for _, body := range conversations {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got, want generation
		failed, wanted := got.read(body), json.Unmarshal(body, &want)
		if (failed == nil) != (wanted == nil) {
			t.Fatalf("%q: %v, by encoding/json: %v", body, failed, wanted)
		}
		if failed != nil {
			return
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q became %+v, by encoding/json %+v", body, got, want)
		}
		said := openAIMessages(got.Messages)
		q := question{model: "m", said: said}
		sameJSON(t, string(q.body()), string(line(fields{"model": "m", "stream": false, "messages": said})))
	})
}

// A stream keeps no buffer while it waits.
func TestStreamAtRest(t *testing.T) {
	text := strings.Repeat(streamOf(`{"choices":[{"delta":{"content":"a"}}]}`), 10)
	s := newStream(&Translation{chat: true, Stream: true, model: "m"}, &told{parts: []string{text}})
	buffer := make([]byte, len(text))
	reads := 0
	for ; reads == 0 || !s.out.empty(); reads++ {
		if _, err := s.Read(buffer); err != nil {
			t.Fatal(err)
		}
	}
	if reads < 2 {
		t.Error("the lines are no longer than the events") // and nothing had to wait
	}
	if s.out.room != nil || s.out.lines != nil || s.line != nil {
		t.Error("a stream at rest keeps a buffer")
	}
}
