package tunnel

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// What the laptop fails before the first byte is given back; what a client spoils or leaves is not.
func TestFailuresOfTheLaptopAreGivenBack(t *testing.T) {
	status := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for _, tt := range []struct {
		name   string
		server func(t *testing.T) catalog.Server
		stream bool
		end    func(g *rig)
		back   bool
	}{
		{"a good answer", func(t *testing.T) catalog.Server { return upstream(t, "a", dialect.OpenAI, jsonAnswer("{}"), "tiny") }, false, nil, false},
		{"not running", func(t *testing.T) catalog.Server { return refusing(t, "a", "tiny") }, false, nil, true},
		{"broke off before a byte", func(t *testing.T) catalog.Server { return breaking(t, "a", true, "", "tiny") }, false, nil, true},
		{"broke off in the head", func(t *testing.T) catalog.Server { return breaking(t, "a", true, "HTTP/1.1 2", "tiny") }, true, nil, true},
		{"its own 500", func(t *testing.T) catalog.Server {
			return upstream(t, "a", dialect.OpenAI, status(500, `{"error":"memory"}`), "tiny")
		}, false, nil, true},
		{"its own 503", func(t *testing.T) catalog.Server {
			return upstream(t, "a", dialect.OpenAI, status(503, `{"error":"loading"}`), "tiny")
		}, true, nil, true},
		{"its own 401", func(t *testing.T) catalog.Server {
			return upstream(t, "a", dialect.OpenAI, status(401, `{"error":"key"}`), "tiny")
		}, true, nil, true},
		{"has not got the path", func(t *testing.T) catalog.Server {
			return upstream(t, "a", dialect.OpenAI, status(404, `{"detail":"Not Found"}`), "tiny")
		}, false, nil, true},
		{"the client's 400", func(t *testing.T) catalog.Server {
			return upstream(t, "a", dialect.OpenAI, status(400, `{"error":"no"}`), "tiny")
		}, false, nil, false},
		{"broke off in the stream", func(t *testing.T) catalog.Server {
			return upstream(t, "a", dialect.OpenAI, dying("text/event-stream", "data: {}\n\n", true), "tiny")
		}, true, nil, false},
		{"a stream without a byte", func(t *testing.T) catalog.Server {
			return upstream(t, "a", dialect.OpenAI, dying("text/event-stream", "", false), "tiny")
		}, true, nil, true},
		{"paused in the stream", func(t *testing.T) catalog.Server { return upstream(t, "a", dialect.OpenAI, silent, "tiny") }, true, func(g *rig) {
			await.True(g.t, "the stream to begin", func() bool { r := g.Running(); return len(r) > 0 && r[0].Bytes > 0 })
			g.SetPaused(true)
		}, false},
		{"paused before a byte", func(t *testing.T) catalog.Server {
			h, _, _ := cancelled(false)
			return upstream(t, "a", dialect.OpenAI, h, "tiny")
		}, true, func(g *rig) {
			await.True(g.t, "it to be under way", func() bool { return len(g.Running()) > 0 })
			g.SetPaused(true)
		}, true},
		{"removed before a byte", func(t *testing.T) catalog.Server {
			h, _, _ := cancelled(false)
			return upstream(t, "a", dialect.OpenAI, h, "tiny")
		}, true, func(g *rig) {
			await.True(g.t, "it to be under way", func() bool { return len(g.Running()) > 0 })
			g.Disconnect("d1", Removed)
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &purse{left: 5}
			g := newRig(t, p.of, tt.server(t))
			guestOf(g, catalog.Pass{Requests: 5})
			if tt.end != nil {
				go tt.end(g)
			}
			body := chat("tiny")
			if tt.stream {
				body = strings.Replace(body, `{`, `{"stream":true,`, 1)
			}
			if res, err := client.Do(g.request("POST", "/v1/chat/completions", body)); err == nil {
				_, _ = io.Copy(io.Discard, res.Body)
				res.Body.Close()
			}
			g.seen.ended(t, 1)
			left, spent, refunded := p.now()
			if spent != 1 || (refunded == 1) != tt.back || (left == 5) != tt.back {
				t.Errorf("%d left, spent %d and given back %d times", left, spent, refunded)
			}
		})
	}
}

func TestClientThatLeavesIsNotGivenBack(t *testing.T) {
	h, began, _ := cancelled(false)
	p := &purse{left: 5}
	g := newRig(t, p.of, upstream(t, "a", dialect.OpenAI, h, "tiny"))
	guestOf(g, catalog.Pass{Requests: 5})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-began; cancel() }()
	if res, err := client.Do(g.request("POST", "/v1/chat/completions", chat("tiny")).WithContext(ctx)); err == nil {
		res.Body.Close()
	}
	g.seen.ended(t, 1)
	if left, _, refunded := p.now(); left != 4 || refunded != 0 {
		t.Errorf("%d left, given back %d times", left, refunded)
	}
}
