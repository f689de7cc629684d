package tunnel

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"modelbeam/cmd/e2e/load"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// closing is a server that promises to keep its connections, as llama.cpp does, and closes them in
// some way behind an answer. It counts the requests that it answers, without those of strangers.
type closing struct {
	catalog.Server
	after    load.After
	answered atomic.Int64
}

func startClosing(t *testing.T, after load.After) *closing {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &closing{Server: describe(t, "llamacpp", dialect.OpenAI, "http://"+l.Addr().String(), "tiny"), after: after}
	var all sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { s.serve(c.(*net.TCPConn)) })
		}
	})
	return s
}

func (s *closing) serve(c *net.TCPConn) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		stream := strings.Contains(string(body), `"stream":true`)
		if !isStranger(req) {
			s.answered.Add(1)
		}
		if _, err := io.WriteString(c, closingAnswer(stream)); err != nil || !s.after(c, stream) {
			return
		}
	}
}

func closingAnswer(stream bool) string {
	const kept = "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\nContent-Type: "
	if !stream {
		body := `{"object":"list","data":[{"index":0,"embedding":[1]}],"usage":{"prompt_tokens":1}}`
		return fmt.Sprintf("%sapplication/json\r\nContent-Length: %d\r\n\r\n%s", kept, len(body), body)
	}
	var b strings.Builder
	b.WriteString(kept + "text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
	for _, event := range []string{`{"choices":[{"index":0,"delta":{"content":"word"}}]}`, `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`, `[DONE]`} {
		event = "data: " + event + "\n\n"
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(event), event)
	}
	return b.String() + "0\r\n\r\n"
}

// TestClosedConnectionsLoseNothing sends what four phones would, one request right behind the other, to servers
// that close their connections: each is answered, and the server has seen none of them twice.
// REQUESTS=20000 sends so many in all.
func TestClosedConnectionsLoseNothing(t *testing.T) {
	total, err := strconv.Atoi(cmp.Or(os.Getenv("REQUESTS"), "4900"))
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range load.Closings {
		t.Run(way.Name, func(t *testing.T) {
			s := startClosing(t, way.After)
			g := newRig(t, nil, s.Server)
			each := total / len(load.Closings)
			lost := askAll(t, g, each)
			if lost.count > 0 {
				t.Errorf("%d of %d requests were lost: %v", lost.count, each, lost.first)
			}
			if n := s.answered.Load(); n != int64(each) {
				t.Errorf("the server has answered %d requests, %d were sent", n, each)
			}
		})
	}
}

// requests are requests as apps send them in turn.
var requests = []struct{ path, body, want string }{
	{"/v1/chat/completions", chat("tiny"), "[DONE]"},
	{"/v1/embeddings", `{"model":"tiny","input":"x"}`, `"embedding":[1]`},
	{"/api/chat", `{"model":"tiny","messages":[{"role":"user","content":"x"}]}`, `"done":true`},
	{"/v1/chat/completions", strings.Replace(chat("tiny"), "hi", strings.Repeat("photo ", smallBody/5), 1), "[DONE]"}, // is not kept
	{"/v1/chat/completions", chat("tiny"), "[DONE]"},
}

// askAll has four phones send so many requests in all.
func askAll(t *testing.T, g *rig, total int) losses {
	t.Helper()
	const phones = 4
	transport := &http.Transport{MaxIdleConnsPerHost: phones}
	defer transport.CloseIdleConnections()
	var next atomic.Int64
	var mu sync.Mutex
	var lost losses
	var all sync.WaitGroup
	for range phones {
		all.Go(func() {
			for n := next.Add(1); n <= int64(total); n = next.Add(1) {
				if err := askOne(g, transport, int(n)%len(requests)); err != nil {
					mu.Lock()
					lost.count++
					lost.first = cmp.Or(lost.first, err)
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	return lost
}

func askOne(g *rig, transport http.RoundTripper, i int) error {
	res, err := transport.RoundTrip(g.request("POST", requests[i].path, requests[i].body))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK || !strings.Contains(string(body), requests[i].want) {
		return fmt.Errorf("%s: status %d: %.200s", requests[i].path, res.StatusCode, body)
	}
	return nil
}
