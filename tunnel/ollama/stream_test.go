package ollama

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// streamOf is a stream of events with the given data.
func streamOf(data ...string) string { return "data: " + strings.Join(data, "\n\ndata: ") + "\n\n" }

func TestStreams(t *testing.T) {
	const chat, generate = "/api/chat", "/api/generate"
	const last = `{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}`
	tests := []struct{ name, path, stream, want string }{
		{
			"words", chat, streamOf(`{"choices":[{"delta":{"role":"assistant","content":""}}]}`, `{"choices":[{"delta":{"content":"hé"}}]}`,
				`{"choices":[{"delta":{"content":"<2>"},"finish_reason":null}]}`, `{"choices":[{"delta":{},"finish_reason":"stop"}]}`, `[DONE]`),
			`[{"model":"m","message":{"role":"assistant","content":"hé"},"done":false},{"model":"m","message":{"role":"assistant","content":"<2>"},"done":false},` + last + `]`,
		},
		{
			"usage behind the end", chat, streamOf(`{"choices":[{"delta":{"content":"a"},"finish_reason":"length"}]}`,
				`{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}`, `[DONE]`),
			`[{"model":"m","message":{"role":"assistant","content":"a"},"done":false},
			  {"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"length","prompt_eval_count":3,"eval_count":4}]`,
		},
		{
			"reasoning", chat, streamOf(`{"choices":[{"delta":{"reasoning_content":"r","reasoning":"r"}}]}`, `{"choices":[{"delta":{"reasoning":"s"}}]}`, `[DONE]`),
			`[{"model":"m","message":{"role":"assistant","content":"","thinking":"r"},"done":false},
			  {"model":"m","message":{"role":"assistant","content":"","thinking":"s"},"done":false},` + last + `]`,
		},
		{
			"tool calls", chat, streamOf(
				`{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c0","function":{"name":"f","arguments":""}}]}}]}`,
				`{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}}]}`,
				`{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}},{"index":1,"id":"c1","function":{"name":"g","arguments":"{}"}}]}}]}`,
				`{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}`, `[DONE]`),
			`[{"model":"m","message":{"role":"assistant","content":"","tool_calls":[
				{"id":"c0","function":{"name":"f","arguments":{"a":1}}},{"id":"c1","function":{"name":"g","arguments":{}}}]},"done":false},` + last + `]`,
		},
		{
			"generate", generate, streamOf(`{"choices":[{"delta":{"content":"a","reasoning":"r"}}]}`, `[DONE]`),
			`[{"model":"m","response":"a","thinking":"r","done":false},{"model":"m","response":"","done":true,"done_reason":"stop"}]`,
		},
		{
			"completions", generate, streamOf(`{"choices":[{"text":"a","finish_reason":null}]}`, `{"choices":[{"text":"","finish_reason":"stop"}]}`),
			`[{"model":"m","response":"a","done":false},{"model":"m","response":"","done":true,"done_reason":"stop"}]`,
		},
		{
			"comments, names, CRLF and no space", chat, ": ping\r\n\r\nevent: x\r\nid: 1\r\ndata:{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\ndata:\r\n\r\ndata:[DONE]\r\n\r\n",
			`[{"model":"m","message":{"role":"assistant","content":"a"},"done":false},` + last + `]`,
		},
		{
			"CR alone", chat, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\rdata: [DONE]\r\r",
			`[{"model":"m","message":{"role":"assistant","content":"a"},"done":false},` + last + `]`,
		},
		{
			"one line end", chat, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\ndata: [DONE]\n",
			`[{"model":"m","message":{"role":"assistant","content":"a"},"done":false},` + last + `]`,
		},
		{
			"no end mark but a reason", chat, streamOf(`{"choices":[{"delta":{},"finish_reason":"stop"}]}`), `[` + last + `]`,
		},
		{
			"what comes behind the end", chat, streamOf(`[DONE]`, `{"choices":[{"delta":{"content":"late"}}]}`), `[` + last + `]`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := response(200, "text/event-stream; charset=utf-8", tt.stream)
			res.Body = io.NopCloser(iotest.OneByteReader(res.Body))
			sameJSON(t, withoutTimes(t, translated(t, tt.path, `{"messages":[{}],"prompt":"p"}`, res), strings.Contains(tt.want, "eval_count")), tt.want)
			if res.ContentLength != -1 || res.Header.Get("Content-Type") != "application/x-ndjson" || res.Header.Get("Content-Length") != "" {
				t.Errorf("length %d, %v", res.ContentLength, res.Header)
			}
		})
	}
}

func TestStreamsThatFail(t *testing.T) {
	const word = `{"choices":[{"delta":{"content":"a"}}]}`
	reset := errors.New("reset")
	tests := []struct {
		name   string
		stream io.Reader
		want   string // the last line
		err    error
	}{
		{"cut", strings.NewReader(streamOf(word)), `"a"`, io.ErrUnexpectedEOF},
		{"cut in an event", strings.NewReader(streamOf(word) + `data: {"cho`), `"a"`, nil},
		{"nothing", strings.NewReader(""), "", io.ErrUnexpectedEOF},
		{"reset", io.MultiReader(strings.NewReader(streamOf(word)), iotest.ErrReader(reset)), `"a"`, reset},
		{"reset behind the end", io.MultiReader(strings.NewReader(streamOf(`{"choices":[{"finish_reason":"stop"}]}`)), iotest.ErrReader(reset)), `"done":true`, io.EOF},
		{"an event without end", strings.NewReader("data: " + strings.Repeat("x", maxEvent+1)), "", nil},
		{"no JSON", strings.NewReader(streamOf(word, "oops")), `"a"`, nil},
		{"an error", strings.NewReader(streamOf(word, `{"error":{"message":"out of memory"}}`, word)), `{"error":"out of memory"}`, io.EOF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q, err := New("/api/chat", []byte(`{"messages":[{}]}`), Server{Model: "m"})
			if err != nil {
				t.Fatal(err)
			}
			res := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: io.NopCloser(tt.stream)}
			if err := q.Answer(res); err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			var buf [512]byte
			for err == nil {
				var n int
				n, err = res.Body.Read(buf[:])
				got.Write(buf[:n])
			}
			if tt.err != nil && !errors.Is(err, tt.err) || tt.err == nil && err == io.EOF {
				t.Errorf("it ends with %v, want %v", err, tt.err)
			}
			lines := strings.Split(strings.TrimSpace(got.String()), "\n")
			if last := lines[len(lines)-1]; !strings.Contains(last, tt.want) {
				t.Errorf("the last line is %s, want %s in it", last, tt.want)
			}
		})
	}
}

// told is a body that can tell when there is something to read. It gives one part a read.
type told struct {
	parts  []string
	closed bool
}

func (b *told) Wait() error  { return nil }
func (b *told) Ready() bool  { return true }
func (b *told) Close() error { b.closed = true; return nil }

func (b *told) Read(p []byte) (int, error) {
	if len(b.parts) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.parts[0])
	b.parts = b.parts[1:]
	return n, nil
}

// The reader waits for the rest of an event without its buffer, and what is behind the end mark is read, so that
// the connection can serve another request.
func TestStreamIsWaitedFor(t *testing.T) {
	body := &told{parts: []string{"data: {\"choices\":[{\"delta\":{\"con", "tent\":\"hi\"}}]}\n\n", "data: [DONE]\n\n", ""}}
	s := newStream(&Translation{chat: true, Stream: true}, body)
	buffer := make([]byte, 1000)
	for i, want := range []string{"", `"content":"hi"`, `"done":true`} {
		if !s.Ready() || s.Wait() != nil {
			t.Errorf("read %d would wait", i)
		}
		n, err := s.Read(buffer)
		if !strings.Contains(string(buffer[:n]), want) || (n == 0) != (want == "") || (err == io.EOF) != (i == 2) {
			t.Errorf("read %d: %q, %v; want %s", i, buffer[:n], err, want)
		}
	}
	if err := s.Close(); err != nil || !body.closed || len(body.parts) > 0 {
		t.Errorf("closed: %v, %v; %q is left", body.closed, err, body.parts)
	}
}

// late is a body whose end is still to come.
type late struct {
	told
	drained time.Duration
}

func (b *late) Ready() bool                { return len(b.parts) > 0 || b.drained > 0 }
func (b *late) Drain(within time.Duration) { b.drained += within }

// The client has the last line before the end of the server's answer is waited for, once.
func TestStreamIsDrained(t *testing.T) {
	body := &late{told: told{parts: []string{"data: [DONE]\n\n"}}}
	s := newStream(&Translation{chat: true, Stream: true}, body)
	buffer := make([]byte, 1000)
	n, err := s.Read(buffer)
	if !strings.Contains(string(buffer[:n]), `"done":true`) || err != nil || body.drained > 0 {
		t.Errorf("the last line: %q, %v; waited for %s", buffer[:n], err, body.drained)
	}
	if s.Ready() {
		t.Error("a reader would not send the last line before it reads on")
	}
	for range 2 {
		if err := s.Wait(); err != nil || body.drained != drainFor || !s.Ready() {
			t.Errorf("%v; waited for %s; ready: %t", err, body.drained, s.Ready())
		}
	}
	if n, err := s.Read(buffer); n > 0 || err != io.EOF {
		t.Errorf("at the end: %d, %v", n, err)
	}
}

// BenchmarkStream is one event of a stream.
func BenchmarkStream(b *testing.B) {
	const event = `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"token"},"finish_reason":null}]}`
	text := strings.Repeat(streamOf(event), b.N)
	s := newStream(&Translation{chat: true, Stream: true, model: "m"}, io.NopCloser(strings.NewReader(text)))
	buffer := make([]byte, 32<<10)
	b.ReportAllocs()
	b.ResetTimer()
	for n := 1; n > 0; {
		n, _ = s.Read(buffer)
	}
}
