package tunnel

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"modelbeam/tunnel/dialect"

	"github.com/coder/websocket"
)

// echo is a server with the default check of the Origin. It says nothing first.
func echo(protocols ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: protocols})
		if err != nil {
			return
		}
		defer conn.CloseNow()
		for {
			kind, data, err := conn.Read(r.Context())
			if err != nil {
				return
			}
			if err := conn.Write(r.Context(), kind, data); err != nil {
				return
			}
		}
	}
}

// dial opens a WebSocket as a browser page of another origin does: without own headers.
func dial(t *testing.T, g *rig, path string, protocols ...string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, res, err := websocket.Dial(ctx, "ws://"+g.addr+path, &websocket.DialOptions{
		Subprotocols: protocols,
		HTTPHeader:   http.Header{"Origin": {"https://chat.example"}},
		HTTPClient:   client,
	})
	if conn != nil {
		t.Cleanup(func() { _ = conn.CloseNow() })
	}
	return conn, res, err
}

func TestWebSocket(t *testing.T) {
	const secret = "openai-insecure-api-key." + testKey
	tests := []struct {
		name     string
		server   []string // the protocols it knows
		path     string
		offered  []string
		selected string
	}{
		{"key as a protocol", []string{"realtime"}, "/v1/realtime?model=tiny", []string{"realtime", secret}, "realtime"},
		{"key first", []string{"realtime"}, "/v1/realtime?model=tiny", []string{secret, "realtime"}, "realtime"},
		{"server selects none", nil, "/v1/realtime?model=tiny", []string{secret, "realtime", "other"}, "realtime"},
		{"only the key", nil, "/v1/realtime?model=tiny", []string{secret}, secret},
		{"server selects another", []string{"b"}, "/v1/realtime?model=tiny", []string{"a", "b", secret}, "b"},
		{"key in the query", nil, "/v1/realtime?model=tiny&key=" + testKey, nil, ""},
		{"key in the path", nil, "/t/" + testKey + "/realtime?model=tiny", nil, ""},
		{"no model", nil, "/v1/realtime", []string{secret}, secret},
		{"model with a server", nil, "/v1/realtime?model=tiny%40omni", []string{secret}, secret},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var seen *http.Request
			g := newRig(t, nil, upstream(t, "omni", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
				seen = r.Clone(context.Background())
				echo(tt.server...)(w, r)
			}, "tiny"))
			conn, res, err := dial(t, g, tt.path, tt.offered...)
			if err != nil {
				t.Fatalf("dial: %v %v", err, res)
			}
			if conn.Subprotocol() != tt.selected {
				t.Errorf("selected %q, want %q", conn.Subprotocol(), tt.selected)
			}
			if err := conn.Write(t.Context(), websocket.MessageText, []byte("hello")); err != nil {
				t.Fatal(err)
			}
			if _, data, err := conn.Read(t.Context()); err != nil || string(data) != "hello" {
				t.Errorf("came back %q, %v", data, err)
			}
			if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
				t.Errorf("close: %v", err)
			}
			x := g.seen.ended(t, 1)
			if x.Status != 101 || x.Path != "/v1/realtime" || x.Device.ID != "d1" {
				t.Errorf("Observe got %+v", x)
			}
			if seen.Header.Get("Origin") != "" || strings.Contains(seen.RequestURI, "mb_") ||
				slices.ContainsFunc(seen.Header.Values("Sec-Websocket-Protocol"), func(v string) bool { return strings.Contains(v, "mb_") }) {
				t.Errorf("the server saw %s %v", seen.RequestURI, seen.Header)
			}
			if strings.Contains(tt.path, "model=") && seen.URL.Query().Get("model") != "tiny" {
				t.Errorf("the server saw %s", seen.RequestURI)
			}
		})
	}
}

func TestWebSocketNeedsAKeyAndItsPath(t *testing.T) {
	g := newRig(t, nil, upstream(t, "omni", dialect.OpenAI, echo(), "tiny"))
	if _, res, err := dial(t, g, "/v1/realtime", "realtime"); err == nil || res == nil || res.StatusCode != 401 {
		t.Errorf("without a key: %v %v", res, err)
	}
	if _, res, err := dial(t, g, "/v1/responses?key="+testKey); err == nil || res == nil || res.StatusCode != 405 {
		t.Errorf("on another path: %v %v", res, err)
	}
	if res, _ := fetch(t, g.request("GET", "/v1/realtime", "")); res.StatusCode != 426 || res.Header.Get("Upgrade") != "websocket" {
		t.Errorf("without an upgrade: status %d", res.StatusCode)
	}
	if res, _ := fetch(t, g.request("GET", "/v1/realtime", "", "Connection", "Upgrade", "Upgrade", "h2c")); res.StatusCode != 426 {
		t.Errorf("another upgrade: status %d", res.StatusCode)
	}
}

func TestWebSocketsEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		end  func(*rig)
		code websocket.StatusCode
		why  string
	}{
		"Disconnect": {func(g *rig) { g.Disconnect("d1", Removed) }, websocket.StatusPolicyViolation, "removed"},
		"SetPaused":  {func(g *rig) { g.SetPaused(true) }, websocket.StatusGoingAway, "paused"},
		"Serve":      {func(g *rig) { g.stop() }, websocket.StatusGoingAway, "closed"},
	} {
		t.Run(name, func(t *testing.T) {
			var left atomic.Bool // the server
			inBubble(t, func(t *testing.T, b *bubble) {
				conn, _, err := dial(t, b.rig, "/v1/realtime?key="+testKey)
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				ended := make(chan struct{})
				go func() { defer close(ended); tt.end(b.rig) }()
				_, _, err = conn.Read(t.Context())
				var last websocket.CloseError
				if !errors.As(err, &last) || last.Code != tt.code || !strings.Contains(last.Reason, tt.why) {
					t.Errorf("the connection ended with %v", err)
				}
				synctest.Wait()
				if !left.Load() {
					t.Error("the server was not told")
				}
				<-ended
				if took := time.Since(began); took > 2*time.Second {
					t.Errorf("it took %v", took)
				}
				b.seen.ended(t, 1)
			}, dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
				echo()(w, r)
				left.Store(true)
			}, "tiny")
		})
	}
}

// A WebSocket that asks for tools of the laptop is closed in words, and the server has no whole message.
func TestWebSocketThatAsksForTools(t *testing.T) {
	g := newRig(t, nil, upstream(t, "omni", dialect.OpenAI, echo(), "tiny"))
	conn, _, err := dial(t, g, "/v1/realtime?model=tiny&key="+testKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range []string{"hello", `{"type":"session.update","session":{"tools":[]}}`} {
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(message)); err != nil {
			t.Fatal(err)
		}
		_, data, err := conn.Read(t.Context())
		if err != nil || string(data) != message {
			t.Fatalf("came back %q, %v", data, err)
		}
	}
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"session.update","session":{"tools":[{"type":"mcp"}]}}`)); err != nil {
		t.Fatal(err)
	}
	_, data, err := conn.Read(t.Context())
	var closed websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != websocket.StatusPolicyViolation || !strings.Contains(closed.Reason, "MCP tools") {
		t.Errorf("got %q, %v", data, err)
	}
	g.seen.ended(t, 1)
}
