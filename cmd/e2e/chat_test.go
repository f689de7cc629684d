package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// stream is a chat that is being answered, as an HTTP client sees it.
type stream struct {
	resp   *http.Response
	events chan string // the data of each server-sent event; closed when the answer has ended
	err    error       // how it ended, once events is closed
}

// chat asks a question through the OpenAI dialect and returns when the answer has begun.
func chat(t *testing.T, base, key, model string) *stream {
	t.Helper()
	resp, err := http.DefaultClient.Do(chatRequest(t, base, key, model))
	if err != nil {
		t.Fatal(err)
	}
	s := &stream{resp: resp, events: make(chan string)}
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		t.Fatalf("chat with %s: %s: %s", model, resp.Status, body)
	}
	go s.read(t.Context())
	return s
}

func chatRequest(t *testing.T, base, key, model string) *http.Request {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"model": model, "stream": true,
		"messages": []map[string]string{{"role": "user", "content": "Tell me something."}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return request(t, http.MethodPost, base+"/v1/chat/completions", key, string(body))
}

// request makes a request that is given up when the answer takes too long to come to its end.
func request(t *testing.T, method, url, key, body string) *http.Request {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	return req
}

func (s *stream) read(ctx context.Context) {
	defer close(s.events)
	defer s.resp.Body.Close()
	lines := bufio.NewScanner(s.resp.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue
		}
		select {
		case s.events <- strings.TrimSpace(data):
		case <-ctx.Done():
			return
		}
	}
	s.err = lines.Err()
}

// next returns the data of the next events.
func (s *stream) next(t *testing.T, n int) []string {
	t.Helper()
	var got []string
	for data := range s.events {
		if got = append(got, data); len(got) == n {
			return got
		}
	}
	t.Fatalf("the answer ended after %d events: %q, %v", len(got), tail(got, 3), s.err)
	return nil
}

// rest returns the data of all events until the answer has ended.
func (s *stream) rest() []string {
	var got []string
	for data := range s.events {
		got = append(got, data)
	}
	return got
}

// status is the status of the answer to a GET with a key.
func status(t *testing.T, url, key string) int {
	t.Helper()
	resp, err := http.DefaultClient.Do(request(t, http.MethodGet, url, key, ""))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
