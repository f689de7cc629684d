package tunnel

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

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
	const secret = protocolPrefix + testKey
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
			g := newRig(t, nil, upstream(t, "omni", OpenAI, func(w http.ResponseWriter, r *http.Request) {
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
				slices.ContainsFunc(seen.Header.Values(protocolHeader), func(v string) bool { return strings.Contains(v, "mb_") }) {
				t.Errorf("the server saw %s %v", seen.RequestURI, seen.Header)
			}
			if strings.Contains(tt.path, "model=") && seen.URL.Query().Get("model") != "tiny" {
				t.Errorf("the server saw %s", seen.RequestURI)
			}
		})
	}
}

func TestWebSocketNeedsAKeyAndItsPath(t *testing.T) {
	g := newRig(t, nil, upstream(t, "omni", OpenAI, echo(), "tiny"))
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
			left := make(chan struct{}, 1)
			g := newRig(t, nil, upstream(t, "omni", OpenAI, func(w http.ResponseWriter, r *http.Request) {
				echo()(w, r)
				left <- struct{}{}
			}, "tiny"))
			conn, _, err := dial(t, g, "/v1/realtime?key="+testKey)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			tt.end(g)
			_, _, err = conn.Read(t.Context())
			var last websocket.CloseError
			if !errors.As(err, &last) || last.Code != tt.code || !strings.Contains(last.Reason, tt.why) {
				t.Errorf("the connection ended with %v", err)
			}
			waitFor(t, "the server to be told", left)
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("it took %v", took)
			}
			g.seen.ended(t, 1)
		})
	}
}

func TestFrameCounter(t *testing.T) {
	long := append([]byte{0x82, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70}, make([]byte, 70_000)...)
	masked := []byte{0x81, 0x82, 1, 2, 3, 4, 5, 6}
	frames := slices.Concat([]byte{0x01, 0}, []byte{0x81, 3, 'a', 'b', 'c'}, append([]byte{0x82, 126, 1, 0}, make([]byte, 256)...), long, masked)
	ends := []int{0, 2, 7, 267, 267 + len(long), len(frames)}
	for _, size := range []int{1, 3, 1000, len(frames)} {
		var f frameCounter
		for at := 0; at < len(frames); {
			if f.between() != slices.Contains(ends, at) {
				t.Fatalf("writes of %d: between two frames at %d: %v", size, at, f.between())
			}
			n := min(size, len(frames)-at)
			f.pass(frames[at : at+n])
			at += n
		}
		if f.pass([]byte{0x88, 0}); f.between() {
			t.Error("something may follow a close frame")
		}
	}
}
