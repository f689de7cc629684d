package ollama

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// response is a server's answer.
func response(status int, kind, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {kind}, "Content-Length": {"7"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// translated is what becomes of an answer.
func translated(t *testing.T, path, request string, res *http.Response) string {
	t.Helper()
	q, err := New(path, []byte(request), Server{Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Answer(res); err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("read answer: %v after %q", err, body)
	}
	return string(body)
}

// withoutTimes checks what an answer took in its lines and takes that out, but for the tokens where
// the server has counted them.
func withoutTimes(t *testing.T, lines string, counted bool) string {
	t.Helper()
	var out []string
	for text := range strings.Lines(lines) {
		var v map[string]any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		created, _ := v["created_at"].(string)
		if when, err := time.Parse(time.RFC3339Nano, created); err != nil || time.Since(when) > time.Hour {
			t.Errorf("created at %q", created)
		}
		if total, _ := v["total_duration"].(float64); (total > 0) != (v["done"] == true) {
			t.Errorf("total_duration %v in %s", total, text)
		}
		for _, name := range metricNames {
			if _, ok := v[name].(float64); ok != (v["done"] == true) {
				t.Errorf("%s is %v in %s", name, v[name], text)
			}
			if !counted || !strings.HasSuffix(name, "_count") || v[name] == 0.0 {
				delete(v, name)
			}
		}
		delete(v, "created_at")
		out = append(out, strings.TrimSpace(string(line(v))))
	}
	return "[" + strings.Join(out, ",") + "]"
}

var metricNames = []string{
	"total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_count", "eval_duration",
}

func TestWholeAnswers(t *testing.T) {
	const noStream, stream = `{"messages":[{}],"prompt":"p","stream":false}`, `{"messages":[{}],"prompt":"p"}`
	tests := []struct{ name, path, request, answer, want string }{
		{
			"chat", "/api/chat", noStream,
			`{"choices":[{"message":{"role":"assistant","content":"a <b>"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}`,
			`[{"model":"m","message":{"role":"assistant","content":"a <b>"},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":4}]`,
		},
		{
			"reasoning", "/api/chat", noStream,
			`{"choices":[{"message":{"content":"a","reasoning_content":"r"},"finish_reason":"length"}]}`,
			`[{"model":"m","message":{"role":"assistant","content":"a","thinking":"r"},"done":true,"done_reason":"length"}]`,
		},
		{
			"reasoning under its other name", "/api/chat", noStream,
			`{"choices":[{"message":{"content":null,"reasoning":"r"},"finish_reason":null}]}`,
			`[{"model":"m","message":{"role":"assistant","content":"","thinking":"r"},"done":true,"done_reason":"stop"}]`,
		},
		{
			"tool calls", "/api/chat", noStream,
			`{"choices":[{"message":{"content":null,"tool_calls":[
				{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}},{"id":"c2","function":{"name":"g","arguments":""}},
				{"id":"c3","function":{"name":"h","arguments":{"b":2}}},{"id":"c4","function":{"name":"i","arguments":"{no"}}]},"finish_reason":"tool_calls"}]}`,
			`[{"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"id":"c1","function":{"name":"f","arguments":{"a":1}}},
				{"id":"c2","function":{"name":"g","arguments":{}}},{"id":"c3","function":{"name":"h","arguments":{"b":2}}},
				{"id":"c4","function":{"name":"i","arguments":"{no"}}]},"done":true,"done_reason":"stop"}]`,
		},
		{
			"generate", "/api/generate", noStream, `{"choices":[{"message":{"content":"a","reasoning_content":"r"},"finish_reason":"stop"}]}`,
			`[{"model":"m","response":"a","thinking":"r","done":true,"done_reason":"stop"}]`,
		},
		{
			"completions", "/api/generate", `{"prompt":"p","raw":true,"stream":false}`, `{"choices":[{"text":"a","finish_reason":"stop"}]}`,
			`[{"model":"m","response":"a","done":true,"done_reason":"stop"}]`,
		},
		{
			"a stream was wanted", "/api/chat", stream, `{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"completion_tokens":4}}`,
			`[{"model":"m","message":{"role":"assistant","content":"a"},"done":false},
			  {"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","eval_count":4}]`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := response(200, "application/json", tt.answer)
			body := translated(t, tt.path, tt.request, res)
			sameJSON(t, withoutTimes(t, body, strings.Contains(tt.want, "eval_count")), tt.want)
			if res.ContentLength != int64(len(body)) {
				t.Errorf("length %d of %d", res.ContentLength, len(body))
			}
			if kind, want := res.Header.Get("Content-Type"), "application/json"; (kind == want) != strings.Contains(tt.request, "false") {
				t.Errorf("it is %s", kind)
			}
		})
	}
}

func TestEmbeddings(t *testing.T) {
	const answer = `{"data":[{"index":1,"embedding":[3,4.5]},{"index":0,"embedding":[1,2]}],"usage":{"prompt_tokens":5}}`
	body := translated(t, "/api/embed", `{"input":["a","b"]}`, response(200, "application/json", answer))
	var v map[string]any
	if err := json.Unmarshal([]byte(body), &v); err != nil || v["total_duration"].(float64) <= 0 {
		t.Errorf("%v in %s", err, body)
	}
	delete(v, "total_duration")
	sameJSON(t, string(line(v)), `{"model":"m","embeddings":[[1,2],[3,4.5]],"prompt_eval_count":5,"load_duration":0}`)
	sameJSON(t, translated(t, "/api/embeddings", `{"prompt":"a"}`, response(200, "application/json", answer)), `{"embedding":[1,2]}`)
	sameJSON(t, translated(t, "/api/embeddings", `{"prompt":""}`, response(200, "application/json", `{"data":[]}`)), `{"embedding":[]}`)
	const nulls = `{"data":[{"index":0,"embedding":null},null],"usage":null}`
	sameJSON(t, translated(t, "/api/embeddings", `{"prompt":"a"}`, response(200, "application/json", nulls)), `{"embedding":[]}`)
	for _, none := range []string{`{"data":[]}`, `{"data":null}`, `{}`} {
		body := translated(t, "/api/embed", `{"input":[]}`, response(200, "application/json", none))
		if !strings.Contains(body, `"embeddings":[]`) || !strings.Contains(body, `"prompt_eval_count":0`) {
			t.Errorf("of %s came %s", none, body)
		}
	}
}

// TestCounts holds what is told of tokens: the server's own counts, and the pieces that came where it
// does not count.
func TestCounts(t *testing.T) {
	const word, none = `{"choices":[{"delta":{"content":"a"}}]}`, `{"choices":[{"delta":{}}]}`
	const thought, call = `{"choices":[{"delta":{"reasoning":"a"}}]}`, `{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}`
	tests := []struct {
		name           string
		events         []string
		prompt, answer float64
	}{
		{"counted here", []string{none, word, word, thought, none, `[DONE]`}, 0, 3},
		{"calls", []string{call, call, `[DONE]`}, 0, 2},
		{"counted there", []string{word, `{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":9}}`, `[DONE]`}, 5, 9},
		{"counted there, as nothing", []string{word, word, `{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}`, `[DONE]`}, 0, 2},
		{"no count", []string{word, `{"choices":[],"usage":null}`, `[DONE]`}, 0, 1},
		{"nothing said", []string{`[DONE]`}, 0, 0},
	}
	for _, tt := range tests {
		body := translated(t, "/api/chat", `{"messages":[{}]}`, response(200, "text/event-stream", streamOf(tt.events...)))
		lines := strings.Split(strings.TrimSpace(body), "\n")
		var last map[string]any
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
			t.Fatal(err)
		}
		if last["prompt_eval_count"] != tt.prompt || last["eval_count"] != tt.answer {
			t.Errorf("%s: %v", tt.name, last)
		}
	}
}

// TestContentInParts holds that what a server says as a list of parts is text.
func TestContentInParts(t *testing.T) {
	const answer = `{"choices":[{"message":{"content":[{"type":"text","text":"Hel"},{"type":"image_url"},null,{"type":"text","text":"lo"}]}}]}`
	body := translated(t, "/api/chat", `{"messages":[{}],"stream":false}`, response(200, "application/json", answer))
	if !strings.Contains(body, `"content":"Hello"`) {
		t.Errorf("it became %s", body)
	}
}

func TestFailures(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   string // the message
		turned int    // the status, where it does not stay
	}{
		{"OpenAI", 404, `{"error":{"message":"no such model","type":"x","code":404}}`, "no such model", 0},
		{"flat", 400, `{"error":"bad"}`, "bad", 0},
		{"message", 500, `{"object":"error","message":"oops"}`, "oops", 0},
		{"FastAPI", 401, `{"detail":"Unauthorized"}`, "Unauthorized", 0},
		{"FastAPI, fields", 422, `{"detail":[{"loc":["body"]}]}`, `{"detail":[{"loc":["body"]}]}`, 0},
		{"text", 503, " loading \n", "loading", 0},
		{"long", 500, strings.Repeat("ä", 400), strings.Repeat("ä", longestMessage/2), 0},
		{"nothing", 502, "", "the server answered with 502 Bad Gateway", 0},
		{"LM Studio, unknown path", 200, `{"error":"Unexpected endpoint or method."}`, "Unexpected endpoint or method.", 502},
	}
	for _, tt := range tests {
		for _, request := range []string{`{"messages":[{}]}`, `{"messages":[{}],"stream":false}`} {
			res := response(tt.status, "application/json", tt.body)
			sameJSON(t, translated(t, "/api/chat", request, res), string(line(map[string]string{"error": tt.want})))
			want := tt.status
			if tt.turned != 0 {
				want = tt.turned
			}
			if res.StatusCode != want || res.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%s: status %d, %v", tt.name, res.StatusCode, res.Header)
			}
		}
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	for _, body := range []string{"", "<html>", `{"choices":[]}`, `{"ok":true}`, `{"choices":[{"message":{"content":5}}]}`} {
		q, err := New("/api/chat", []byte(`{"messages":[{}]}`), Server{})
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Answer(response(200, "application/json", body)); err == nil {
			t.Errorf("%q was translated", body)
		}
	}
	for _, path := range []string{"/api/embed", "/api/embeddings"} {
		q, err := New(path, []byte(`{"input":"a"}`), Server{})
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Answer(response(200, "application/json", "<html>")); err == nil {
			t.Errorf("%s: a web page was translated", path)
		}
	}
}
