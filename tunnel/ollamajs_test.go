package tunnel

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"modelbeam/tunnel/dialect"
)

// studio is a server of OpenAI's API as strict as one can be: it refuses what it does not know.
func studio(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/v1/embeddings" {
			_, _ = io.WriteString(w, `{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[3,4]}],"usage":{"prompt_tokens":2}}`)
			return
		}
		var q struct {
			Model    string `json:"model"`
			Messages []struct {
				Role       string            `json:"role"`
				Content    json.RawMessage   `json:"content"`
				ToolCalls  []json.RawMessage `json:"tool_calls"`
				ToolCallID string            `json:"tool_call_id"`
			} `json:"messages"`
			Stream      bool              `json:"stream"`
			Temperature *float64          `json:"temperature"`
			MaxTokens   int               `json:"max_tokens"`
			Tools       []json.RawMessage `json:"tools"`
			Effort      string            `json:"reasoning_effort"`
			Format      json.RawMessage   `json:"response_format"`
		}
		decoder := json.NewDecoder(r.Body)
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&q); err != nil || r.URL.Path != "/v1/chat/completions" {
			t.Errorf("the server got %s: %v", r.URL.Path, err)
		}
		last := q.Messages[len(q.Messages)-1]
		switch {
		case string(last.Content) == `"refuse"`:
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"error":{"message":"Loading model","type":"unavailable_error"}}`)
		case q.Stream:
			if !strings.Contains(string(last.Content), "data:image/jpeg;base64,/9j/4A==") || q.MaxTokens != 5 || *q.Temperature != 0 || len(q.Tools) != 1 || q.Effort != "low" {
				t.Errorf("the server got %s, %+v", last.Content, q)
			}
			studioStream(w)
		default:
			if last.Role == "tool" && (last.ToolCallID != "call_9" || string(q.Format) != `{"type":"json_object"}`) {
				t.Errorf("the server got %+v", q)
			}
			_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"done"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":1}}`)
		}
	}
}

func studioStream(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, data := range []string{
		`{"choices":[{"delta":{"reasoning_content":"hm"}}]}`,
		`{"choices":[{"delta":{"content":"a "}}]}`, `{"choices":[{"delta":{"content":"cat"}}]}`,
		`{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_9","type":"function","function":{"name":"weather","arguments":"{\"city\""}}]}}]}`,
		`{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":\"Rome\"}"}}]}}]}`,
		`{"choices":[{"delta":{},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}`, `[DONE]`,
	} {
		fmt.Fprintf(w, "data: %s\n\n", data)
	}
}

// TestOllamaPackage lets the npm package that most Ollama apps are built on use a server that has
// never heard of Ollama.
func TestOllamaPackage(t *testing.T) {
	file, err := filepath.Abs("../cmd/e2e/testdata/clients/node_modules/ollama/dist/index.mjs")
	if err != nil {
		t.Fatal(err)
	}
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(file); err != nil || missing != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("node or the npm packages are missing")
		}
		t.Skip("node or the npm packages are missing; make setup installs them")
	}
	s := upstream(t, "studio", dialect.OpenAI, studio(t), "cat", "vectors")
	s.Models[0].Loaded, s.Models[1].Abilities.Embedding = true, true
	g := newRig(t, nil, s)
	cmd := exec.CommandContext(t.Context(), node, "testdata/ollama.mjs", file, g.url+"/t/"+testKey, "cat", "vectors")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	checkOllamaPackage(t, out)
}

func checkOllamaPackage(t *testing.T, out []byte) {
	t.Helper()
	type failed struct {
		Name, Message string
		Status        int
	}
	var got struct {
		Models, Shown, Running []string
		Said                   struct {
			Pieces   []string
			Thinking string
			Calls    []json.RawMessage
			Last     struct {
				Reason string `json:"done_reason"`
				Eval   int    `json:"eval_count"`
				Prompt int    `json:"prompt_eval_count"`
				Total  int64  `json:"total_duration"`
			}
		}
		Answer    struct{ Message struct{ Content string } }
		Generated struct{ Response string }
		Vectors   [][]float64
		Vector    []float64
		Refused   failed
		Unknown   failed
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for name, pair := range map[string][2]any{
		"models":    {got.Models, []string{"cat", "vectors"}},
		"pieces":    {got.Said.Pieces, []string{"", "a ", "cat", "", ""}},
		"thinking":  {got.Said.Thinking, "hm"},
		"reason":    {got.Said.Last.Reason, "stop"},
		"tokens":    {[]int{got.Said.Last.Prompt, got.Said.Last.Eval}, []int{3, 4}},
		"answer":    {got.Answer.Message.Content, "done"},
		"generated": {got.Generated.Response, "done"},
		"shown":     {got.Shown, []string{"completion"}},
		"vectors":   {got.Vectors, [][]float64{{1, 2}, {3, 4}}},
		"vector":    {got.Vector, []float64{1, 2}},
		"running":   {got.Running, []string{"cat"}},
		"refused":   {got.Refused, failed{"ResponseError", "Loading model", 503}},
		"unknown":   {got.Unknown.Status, 404},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
		}
	}
	if len(got.Said.Calls) != 1 || string(got.Said.Calls[0]) != `{"id":"call_9","function":{"name":"weather","arguments":{"city":"Rome"}}}` || got.Said.Last.Total <= 0 {
		t.Errorf("said %+v, calls %s", got.Said.Last, got.Said.Calls)
	}
}
