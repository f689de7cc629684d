package tunnel

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/dialect"
)

// lastError reads the rest of a stream and returns the code of the error in it.
func lastError(t *testing.T, res *http.Response) string {
	t.Helper()
	rest, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("the stream did not end cleanly: %v after %q", err, rest)
	}
	i := strings.LastIndex(string(rest), "data: ")
	if i < 0 {
		t.Fatalf("no error in the stream: %q", rest)
	}
	code, _ := errorOf(t, string(rest[i+len("data: "):]))
	return code
}

// openStream begins a chat and returns when its first event has arrived.
func openStream(t *testing.T, g *rig, key string) *http.Response {
	t.Helper()
	res := do(t, g.request("POST", "/v1/chat/completions", chat("tiny"), "Authorization", "Bearer "+key))
	if line, err := bufio.NewReaderSize(res.Body, 16).ReadString('\n'); err != nil || !strings.HasPrefix(line, "data:") {
		t.Fatalf("the stream begins with %q, %v", line, err)
	}
	return res
}

func TestDisconnectEndsTheDevicesStreams(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		mine, other := openStream(t, b.rig, testKey), openStream(t, b.rig, otherKey)
		began := time.Now()
		b.keys.remove(testKey)
		b.Disconnect("d1", Removed)
		if code := lastError(t, mine); code != "removed" {
			t.Errorf("the stream ended with %q", code)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %v", took)
		}
		if b.Disconnect("d2", Removed); lastError(t, other) != "removed" {
			t.Error("the other device's stream was not open any more")
		}
		if res, _ := fetch(t, b.request("GET", "/v1/models", "")); res.StatusCode != 401 {
			t.Errorf("a removed device got status %d", res.StatusCode)
		}
	}, dialect.OpenAI, silent, "tiny")
}

func TestDisconnectWhileTheServerHasNotAnswered(t *testing.T) {
	h, began, ended := cancelled(false)
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, h, "tiny"))
	go func() {
		<-began
		g.Disconnect("d1", Removed)
	}()
	res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	if code, _ := errorOf(t, body); res.StatusCode != 401 || code != "removed" {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	await.Done(t, "the server to be told", ended)
}

// stuckStream begins a chat, reads nothing of it and returns when nothing moves any more.
func stuckStream(t *testing.T, g *rig, sent *atomic.Int64) {
	t.Helper()
	stuck(t, g, g.request("POST", "/v1/chat/completions", chat("tiny")), sent)
}

// stuck does the same with any request that is answered by a flood.
func stuck(t *testing.T, g *rig, req *http.Request, sent *atomic.Int64) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := req.Write(conn); err != nil {
		t.Fatal(err)
	}
	last, still := int64(0), 0
	await.True(t, "the stream to be stuck", func() bool {
		n := sent.Load()
		if still++; n == 0 || n != last {
			last, still = n, 0
		}
		return still > 50 // looks, a millisecond apart
	})
	return conn
}

// TestDisconnectOfAPhoneThatDoesNotRead waits in vain where nothing but the deadline of a write ends it.
func TestDisconnectOfAPhoneThatDoesNotRead(t *testing.T) {
	var sent atomic.Int64
	g := newRig(t, func(g *Gateway) { g.timing.write = time.Hour }, upstream(t, "ollama", dialect.OpenAI, flood(&sent), "tiny"))
	stuckStream(t, g, &sent)
	g.Disconnect("d1", Removed)
	g.seen.ended(t, 1)
}

// TestDisconnectInAnUpload ends requests whose bodies are still on their way, and may never come.
func TestDisconnectInAnUpload(t *testing.T) {
	for name, tt := range map[string]struct {
		end    func(*rig)
		status int
	}{
		"removed": {func(g *rig) { g.Disconnect("d1", Removed) }, 401},
		"paused":  {func(g *rig) { g.SetPaused(true) }, 503},
	} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, func(g *Gateway) { g.timing.read, g.timing.drain = time.Hour, 50*time.Millisecond }, upstream(t, "ollama", dialect.OpenAI, nil, "tiny"))
			go func() {
				await.True(t, "the body to be read", func() bool {
					g.calls.mu.Lock()
					defer g.calls.mu.Unlock()
					for c := range g.calls.calls {
						return c.upload.begun.Load()
					}
					return false
				})
				tt.end(g)
			}()
			head := "POST /v1/chat/completions HTTP/1.1\r\nHost: " + g.addr + "\r\nAuthorization: Bearer " + testKey + "\r\n"
			if got := answersTo(t, g.addr, head+"Content-Length: 5000\r\n\r\n{"); len(got) != 1 || got[0] != tt.status {
				t.Errorf("answered %v, want %d and the end", got, tt.status)
			}
		})
	}
}

func TestKeyRemovedWhileItIsChecked(t *testing.T) {
	g := &Gateway{}
	removed := false
	g.Keys = keyFunc(func(string) (Device, bool) {
		if removed {
			return Device{}, false
		}
		removed = true
		g.Disconnect("d1", Removed) // between the check and the request's registration
		return Device{ID: "d1"}, true
	})
	c := &call{keys: []string{testKey}}
	if g.identify(c) {
		t.Error("the request of a device that was just removed went on")
	}
}

type keyFunc func(string) (Device, bool)

func (f keyFunc) Device(key string) (Device, bool) { return f(key) }
func (keyFunc) Removed(string) bool                { return false }
func (keyFunc) Known() bool                        { return true }

func TestPause(t *testing.T) {
	g := newRig(t, func(g *Gateway) {
		g.Pair = func(context.Context, PairRequest) (Paired, error) { return Paired{Key: "k"}, nil }
	}, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, silent, "tiny"))
	stream := openStream(t, g, testKey)
	g.SetPaused(true)
	if code := lastError(t, stream); code != "paused" {
		t.Errorf("the stream ended with %q", code)
	}
	for path, status := range map[string]int{"/v1/models": 503, "/api/tags": 503, "/": 200, "/healthz": 200, "/v1/nothing": 404} {
		if res, body := fetch(t, g.request("GET", path, "")); res.StatusCode != status {
			t.Errorf("%s: status %d, want %d: %s", path, res.StatusCode, status, body)
		}
	}
	res, body := fetch(t, g.request("POST", "/pair", `{"code":"x"}`))
	code, message := errorOf(t, body)
	if res.StatusCode != 503 || code != "paused" || !strings.Contains(message, "Press Resume") {
		t.Errorf("/pair: status %d: %s", res.StatusCode, body)
	}
	g.SetPaused(false)
	openStream(t, g, testKey)
}
