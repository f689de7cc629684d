package tunnel

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/events"
)

// TestEventsOfOneLinePassAsTheyCome has servers that leave out the empty line behind an event.
func TestEventsOfOneLinePassAsTheyCome(t *testing.T) {
	streams := map[string][]string{
		"LF":            {"data: {\"n\":0}\n", "data: {\"n\":1}\n", "data: {\"n\":2}\n", "data: [DONE]\n"},
		"CRLF":          {"data: {\"n\":0}\r\n", "data: {\"n\":1}\r\n", "data: [DONE]\r\n"},
		"no space":      {"data:{\"n\":0}\n", "data:{\"n\":1}\n", "data:[DONE]\n"},
		"with names":    {"event: a\ndata: {\"n\":0}\n", "event: b\ndata: {\"n\":1}\n"},
		"proper at end": {"data: {\"n\":0}\n", "data: {\"n\":1}\n", "data: [DONE]\n\n"},
	}
	for name, events := range streams {
		t.Run(name, func(t *testing.T) {
			next := make(chan struct{})
			g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				for _, e := range events {
					_, _ = io.WriteString(w, e)
					flush(w)
					<-next
				}
			}, "tiny"))
			res := do(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
			in := bufio.NewReader(res.Body)
			for _, e := range events {
				got := make([]byte, len(e))
				if _, err := io.ReadFull(in, got); err != nil || string(got) != e {
					t.Fatalf("got %q, %v, want %q", got, err, e)
				}
				next <- struct{}{} // the server goes on only now
			}
			if rest, err := io.ReadAll(in); err != nil || len(rest) > 0 {
				t.Errorf("the end is %q, %v", rest, err)
			}
		})
	}
}

// TestCommentsKeepEventsWhole puts silences between any two bytes of streams: without its comments the
// stream is what the server sent, and each comment is a line of its own between two events.
func TestCommentsKeepEventsWhole(t *testing.T) {
	for _, stream := range []string{
		"data: {\"a\":1}\n\ndata: [DONE]\n\n",
		"event: x\r\ndata: {}\r\n\r\ndata: [DONE]\r\n\r\n",
		"data: {}\ndata: {}\ndata: [DONE]\n",
		"data: {}\r\rdata: [DONE]\r\r",
	} {
		inBubble(t, func(t *testing.T, b *bubble) {
			res, body := fetch(t, b.request("POST", "/v1/chat/completions", chat("tiny")))
			said := strings.Count(body, string(comment))
			if got := strings.ReplaceAll(body, string(comment), ""); res.StatusCode != 200 || got != stream || said == 0 {
				t.Errorf("status %d, %d comments, without them %q, want %q", res.StatusCode, said, got, stream)
			}
			for i, part := range strings.Split(body, string(comment)) {
				var e events.Edge
				e.Pass([]byte(stream[:strings.Index(stream, part)+len(part)]))
				if part != "" && i < said && !e.Between() {
					t.Errorf("a comment stands behind %q", part)
				}
			}
			synctest.Wait()
		}, dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			for i := range stream {
				_, _ = io.WriteString(w, stream[i:i+1])
				flush(w)
				time.Sleep(15 * time.Second)
			}
		}, "tiny")
	}
}
