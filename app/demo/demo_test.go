package demo

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T) (base string, client *http.Client) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- Serve(ctx, l) }()
	transport := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String(), &http.Client{Transport: transport}
}

func post(t *testing.T, body string) (*http.Response, string) {
	t.Helper()
	base, client := start(t)
	res, err := client.Post(base+"/v1/chat/completions", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(data)
}

func TestChatSaysItIsADemo(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{`{"messages":[{"role":"user","content":"hi"}]}`, "not a real AI model"},
		{`{"messages":[{"role":"user","content":"你好"}]}`, "演示"},
		{`{"messages":[{"role":"user","content":[{"type":"image_url"},{"type":"text","text":"你好"}]}]}`, "演示"},
		{`{"messages":[]}`, "not a real AI model"},
		{`{"messages":[{"role":"user","content":7}]}`, "not a real AI model"},
	} {
		_, body := post(t, tt.body)
		var got struct {
			Choices []struct{ Message struct{ Content string } }
			Usage   struct {
				Completion int `json:"completion_tokens"`
			}
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil || len(got.Choices) != 1 {
			t.Fatalf("%s: %v in %s", tt.body, err, body)
		}
		if text := got.Choices[0].Message.Content; !strings.Contains(text, tt.want) {
			t.Errorf("%s: %q lacks %q", tt.body, text, tt.want)
		} else if got.Usage.Completion != len(words(text)) {
			t.Errorf("%s: %d tokens in %q", tt.body, got.Usage.Completion, text)
		}
	}
}

func TestStream(t *testing.T) {
	res, body := post(t, `{"stream":true,"messages":[{"role":"user","content":"你好"}]}`)
	if ct := res.Header.Get("Content-Type"); ct != "text/event-stream" {
		t.Errorf("content type %q", ct)
	}
	events := strings.Split(strings.TrimSuffix(body, "\n\n"), "\n\n")
	if last := events[len(events)-1]; last != "data: [DONE]" {
		t.Errorf("ends with %q", last)
	}
	var text strings.Builder
	for _, e := range events[:len(events)-1] {
		var chunk struct {
			Choices []struct{ Delta struct{ Content string } }
		}
		if err := json.Unmarshal([]byte(strings.TrimPrefix(e, "data: ")), &chunk); err != nil {
			t.Fatalf("%v in %s", err, e)
		}
		text.WriteString(chunk.Choices[0].Delta.Content)
	}
	if text.String() != answer("你好") {
		t.Errorf("streamed %q", text.String())
	}
	if len(events) < 20 {
		t.Errorf("only %d events: not word by word", len(events))
	}
}

func TestBadRequest(t *testing.T) {
	if res, body := post(t, "no JSON"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}
