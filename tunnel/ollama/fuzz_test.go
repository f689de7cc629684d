package ollama

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"testing/iotest"

	"modelbeam/tunnel/catalog"
)

// paths are the requests that are translated.
var paths = []string{"/api/chat", "/api/generate", "/api/embed", "/api/embeddings"}

// FuzzRequest holds that a request is put into JSON with the server's name for the model, or refused.
func FuzzRequest(f *testing.F) {
	for _, body := range []string{
		`{"model":"x","messages":[{"role":"user","content":"hi","images":["/9j/"]}],"tools":[],"stream":false}`,
		`{"messages":[null,{"role":"assistant","tool_calls":[null,{"function":{"name":"f","arguments":null}}]},{"role":"tool","content":"1"}]}`,
		`{"prompt":"p","suffix":"s","raw":true,"format":"json","options":{"stop":[],"num_predict":-1,"seed":null}}`,
		`{"prompt":"p","format":{"type":"object"},"think":"high","keep_alive":0}`,
		`{"input":["a","b"],"dimensions":5}`, `{"prompt":"a"}`, `null`, `[]`, `{"messages":null}`,
	} {
		for i := range paths {
			f.Add(uint8(i), uint8(i), []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, path, kind uint8, body []byte) {
		to := Server{Model: "m", Quirks: catalog.Quirks{StreamUsage: kind&1 != 0, NoStream: kind&2 != 0, SchemaOnly: kind&4 != 0}}
		q, err := New(paths[int(path)%len(paths)], body, to)
		if err != nil {
			return
		}
		if q.Ready != nil {
			for text := range bytes.Lines(q.Ready) {
				wantObject(t, text)
			}
			return
		}
		if v := wantObject(t, q.Body); v["model"] != "m" {
			t.Fatalf("the model is %v", v["model"])
		}
	})
}

// FuzzAnswer holds that whatever a server answers becomes lines of JSON, or an error.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		`{"choices":[{"message":{"content":"a","tool_calls":[null,{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}`,
		`{"choices":[null]}`, `{"choices":[{"message":null,"delta":null,"text":null}]}`, `{"data":[null,{"index":0,"embedding":null}]}`,
		`{"error":null}`, `{"error":{"message":null}}`, `{"error":["x"]}`, `null`, `{"choices":[{"message":{"content":[null,{"text":"a"}]}}]}`,
		streamOf(`{"choices":[{"delta":{"tool_calls":[null]}}]}`, `{"choices":[{"delta":{"content":"a"}}]}`, `{"choices":[],"usage":null}`, `[DONE]`),
		"data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\r\rdata: null\n",
	} {
		for i := range 8 {
			f.Add(uint8(i), []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		request := []byte(`{"messages":[{}],"prompt":"p","input":"p"}`)
		if kind&4 != 0 {
			request = []byte(`{"messages":[{}],"prompt":"p","input":"p","stream":false}`)
		}
		q, err := New(paths[kind&3], request, Server{Model: "m"})
		if err != nil {
			t.Fatal(err)
		}
		contentType := "application/json"
		if kind&8 != 0 {
			contentType = "text/event-stream"
		}
		res := response(200+100*int(kind>>6), contentType, string(body))
		res.Body = io.NopCloser(iotest.HalfReader(res.Body))
		if q.Answer(res) != nil {
			return
		}
		out, _ := io.ReadAll(res.Body)
		for text := range bytes.Lines(out) {
			wantObject(t, text)
		}
	})
}

func wantObject(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil || v == nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v
}
