package ollama

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"modelbeam/tunnel/catalog"
)

// sameJSON compares two texts as JSON values.
func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal([]byte(got), &a); err != nil {
		t.Fatalf("%v in %q", err, got)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatalf("%v in %q", err, want)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRequests(t *testing.T) {
	const hi = `[{"role":"user","content":"hi"}]`
	tests := []struct {
		name, path, body string
		to               Server
		wantPath, want   string
	}{
		{
			name: "chat streams by default", path: "/api/chat", body: `{"model":"x","messages":` + hi + `}`,
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":true}`,
		},
		{
			name: "usage where it is known", path: "/api/chat", body: `{"messages":` + hi + `}`, to: Server{Quirks: catalog.Quirks{StreamUsage: true}},
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":true,"stream_options":{"include_usage":true}}`,
		},
		{
			name: "no stream", path: "/api/chat", body: `{"messages":` + hi + `,"stream":false}`, to: Server{Quirks: catalog.Quirks{StreamUsage: true}},
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":false}`,
		},
		{
			name: "a server without streams", path: "/api/chat", body: `{"messages":` + hi + `}`, to: Server{Quirks: catalog.Quirks{StreamUsage: true, NoStream: true}},
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":false}`,
		},
		{
			name: "options", path: "/api/chat",
			body: `{"messages":` + hi + `,"stream":false,"keep_alive":"5m","options":{"temperature":0.1,"top_p":0.9,"top_k":40,"min_p":0.05,
				"seed":7,"num_predict":12,"stop":["a","b"],"repeat_penalty":1.1,"presence_penalty":1,"frequency_penalty":2,"num_ctx":8192,"num_gpu":1}}`,
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":false,"temperature":0.1,"top_p":0.9,"top_k":40,"min_p":0.05,
				"seed":7,"max_tokens":12,"stop":["a","b"],"repeat_penalty":1.1,"presence_penalty":1,"frequency_penalty":2}`,
		},
		{
			name: "no limit, and options that are null", path: "/api/chat", body: `{"messages":` + hi + `,"options":{"num_predict":-1,"seed":null}}`,
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":true}`,
		},
		{
			name: "JSON", path: "/api/chat", body: `{"messages":` + hi + `,"format":"json"}`,
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":true,"response_format":{"type":"json_object"}}`,
		},
		{
			name: "JSON for LM Studio", path: "/api/chat", body: `{"messages":` + hi + `,"format":"json"}`, to: Server{Quirks: catalog.Quirks{SchemaOnly: true}},
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":true,
				"response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}}}`,
		},
		{
			name: "schema", path: "/api/chat", body: `{"messages":` + hi + `,"format":{"type":"object","properties":{"a":{"type":"string"}}}}`,
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":true,
				"response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object","properties":{"a":{"type":"string"}}}}}}`,
		},
		{
			name: "no format", path: "/api/chat", body: `{"messages":` + hi + `,"format":"","think":true}`,
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":true}`,
		},
		{
			name: "level of thinking", path: "/api/chat", body: `{"messages":` + hi + `,"think":"high"}`,
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":true,"reasoning_effort":"high"}`,
		},
		{
			name: "tools", path: "/api/chat", body: `{"messages":` + hi + `,"tools":[{"type":"function","function":{"name":"f","parameters":{}}}]}`,
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":true,"tools":[{"type":"function","function":{"name":"f","parameters":{}}}]}`,
		},
		{
			name: "generate", path: "/api/generate", body: `{"model":"x","prompt":"hi","stream":false}`,
			wantPath: "/v1/chat/completions", want: `{"model":"m","messages":` + hi + `,"stream":false}`,
		},
		{
			name: "generate with a system prompt and a picture", path: "/api/generate", body: `{"prompt":"hi","system":"be <kind>","images":["/9j/4AAQSkZJRg=="]}`,
			wantPath: "/v1/chat/completions", want: `{"model":"m","stream":true,"messages":[{"role":"system","content":"be <kind>"},
				{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/4AAQSkZJRg=="}}]}]}`,
		},
		{
			name: "a filled-in template", path: "/api/generate", body: `{"prompt":"[INST] hi","raw":true}`,
			wantPath: "/v1/completions", want: `{"model":"m","prompt":"[INST] hi","stream":true}`,
		},
		{
			name: "fill in the middle", path: "/api/generate", body: `{"prompt":"a","suffix":"b"}`,
			wantPath: "/v1/completions", want: `{"model":"m","prompt":"a","suffix":"b","stream":true}`,
		},
		{
			name: "embed", path: "/api/embed", body: `{"model":"x","input":["a","b"],"truncate":true,"dimensions":8}`,
			wantPath: "/v1/embeddings", want: `{"model":"m","input":["a","b"],"dimensions":8}`,
		},
		{
			name: "embed one text", path: "/api/embed", body: `{"input":"a"}`,
			wantPath: "/v1/embeddings", want: `{"model":"m","input":"a"}`,
		},
		{
			name: "embeddings", path: "/api/embeddings", body: `{"prompt":"a"}`,
			wantPath: "/v1/embeddings", want: `{"model":"m","input":"a"}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.to.Model = "m"
			q, err := New(tt.path, []byte(tt.body), tt.to)
			if err != nil {
				t.Fatal(err)
			}
			if q.Path != tt.wantPath || q.Ready != nil || q.Stream != (tt.to.Quirks.NoStream || strings.Contains(tt.want, `"stream":true`)) {
				t.Errorf("it goes to %q, stream %v, ready %q", q.Path, q.Stream, q.Ready)
			}
			sameJSON(t, string(q.Body), tt.want)
		})
	}
}

func TestRequestsThatAreNone(t *testing.T) {
	for _, path := range []string{"/api/chat", "/api/generate", "/api/embed", "/api/embeddings"} {
		for _, body := range []string{"", "{", `[]`, `"text"`, `{"prompt":5,"messages":5,"input":"","stream":"yes"}`} {
			if q, err := New(path, []byte(body), Server{}); err == nil {
				t.Errorf("%s %q became %s", path, body, q.Body)
			}
		}
	}
	if _, err := New("/api/pull", []byte("{}"), Server{}); err == nil {
		t.Error("a request for pulling was translated")
	}
}

func TestLoading(t *testing.T) {
	for body, want := range map[string]string{
		`{"model":"m"}`: `"done_reason":"load"`, `{"messages":[]}`: `"done_reason":"load"`,
		`{"keep_alive":0}`: `"done_reason":"unload"`, `{"keep_alive":"0s","stream":false}`: `"done_reason":"unload"`,
	} {
		for path, member := range map[string]string{"/api/chat": `"message":{"role":"assistant","content":""}`, "/api/generate": `"response":""`} {
			q, err := New(path, []byte(body), Server{Model: "m"})
			if err != nil {
				t.Fatal(err)
			}
			if q.Path != "" || q.Body != nil || !bytes.Contains(q.Ready, []byte(want)) || !bytes.Contains(q.Ready, []byte(member)) || !bytes.Contains(q.Ready, []byte(`"done":true`)) {
				t.Errorf("%s %s: asks %q, answers %s", path, body, q.Path, q.Ready)
			}
		}
	}
}

// BenchmarkNew is a chat, short and with what was said before.
func BenchmarkNew(b *testing.B) {
	for name, size := range map[string]int{"short": 1, "long": 16 << 10} {
		b.Run(name, func(b *testing.B) {
			body := []byte(`{"model":"m","stream":true,"messages":[{"role":"user","content":"hi` + strings.Repeat(" history", size/8) + `"}]}`)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := New("/api/chat", body, Server{Model: "m", Quirks: catalog.Quirks{StreamUsage: true}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
