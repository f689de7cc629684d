package e2e

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

const realtimeModel = "echo"

// realtime is a server whose model repeats what it hears over a WebSocket. It checks the Origin
// as its library does by default, which keeps pages of other origins out.
type realtime struct {
	*fake
	refused atomic.Int32 // the status of the last refusal
}

func serveRealtime(t *testing.T) *realtime {
	t.Helper()
	s := &realtime{}
	s.fake = serveFake(t, s.accept, realtimeModel)
	return s
}

func (s *realtime) accept(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(&statusRecorder{w, &s.refused}, r, &websocket.AcceptOptions{Subprotocols: []string{"realtime"}})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	for {
		kind, message, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		if err := conn.Write(r.Context(), kind, message); err != nil {
			return
		}
	}
}

// statusRecorder keeps the status of a refusal, which a browser does not tell its page.
type statusRecorder struct {
	http.ResponseWriter
	status *atomic.Int32
}

func (w *statusRecorder) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		w.status.Store(int32(status))
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// TestWebSocketFromAPage proves that a page of another origin can talk to a server that lets
// no such page in, with the key where a page can put it, and that the connection ends when the
// page's device is removed.
func TestWebSocketFromAPage(t *testing.T) {
	slowdown := watchSlowdown(t)
	server := serveRealtime(t)
	beam := startBeam(t, "--server", server.URL)
	device := beam.addDevice(t, "page")
	page := openClients(t)
	open := func(base, key string) *string {
		url := strings.Replace(base, "http:", "ws:", 1) + "/v1/realtime?model=" + realtimeModel
		return call[*string](page, "realtime.open", url, []string{"realtime", "openai-insecure-api-key." + key})
	}

	if selected := open(server.URL, device.Key); selected != nil || server.refused.Load() != http.StatusForbidden {
		t.Fatalf("without Modelbeam the page gets %v, status %d; the server is to refuse it", selected, server.refused.Load())
	}
	if selected := open(beam.url, "mb_AAAAAAAAAAAAAAAAAAAAAA"); selected != nil {
		t.Errorf("with a wrong key the page gets a connection with %q", *selected)
	}
	if selected := open(beam.url, device.Key); selected == nil || *selected != "realtime" {
		t.Fatalf("the page gets a connection with %v", selected)
	}
	for _, message := range []string{"hello", strings.Repeat("long ", 1000)} {
		if got := call[string](page, "realtime.say", message); got != message {
			t.Errorf("%.20q comes back as %.20q", message, got)
		}
	}

	beam.devices(t, "remove", device.ID)
	removed := time.Now()
	evaluate[bool](page, "realtime.closed()")
	took := time.Since(removed)
	t.Logf("the connection ended %s after the removal", took.Round(time.Millisecond))
	assertPromise(t, took, time.Second, slowdown())
}
