package e2e

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

const ask = `{"model":"` + guestModel + `","stream":true,"messages":[{"role":"user","content":"x"}]}`

// TestGuestRequests spends a pass, also with many requests at the same moment, and sees that
// neither a restart nor a kill gives any back.
func TestGuestRequests(t *testing.T) {
	const allowed = 12
	server := serveWitness(t)
	state := filepath.Join(t.TempDir(), "state")
	b := startBeamIn(t, state, "--server", server.URL)
	guest := newHandset(t)
	added := b.addDevice(t, "guest", "--guest-requests", "12")
	guest.key = added.Key

	one := func(want int) {
		t.Helper()
		if got := guest.chatWith(t, b.url, "/v1/chat/completions", ask); got.Status != want {
			t.Errorf("a request gets %+v, want %d", got, want)
		}
	}
	for range 3 {
		one(http.StatusOK)
		guest.get(t, b.url+"/v1/models") // costs nothing
	}
	b.kill()
	b = startBeamIn(t, state, "--server", server.URL)
	one(http.StatusOK)
	if err := b.stop(t); err != nil {
		t.Fatal(err)
	}
	b = startBeamIn(t, state, "--server", server.URL)
	if got := guest.get(t, b.url+"/device"); got.Guest == nil || got.Guest.Left != allowed-4 || got.Guest.Requests != allowed {
		t.Errorf("after 4 requests, a kill and a restart the guest is told of %+v", got.Guest)
	}

	var good, refused atomic.Int32
	var all sync.WaitGroup
	for range 3 * allowed {
		all.Go(func() {
			got, err := guest.do(t.Context(), http.MethodPost, b.url+"/v1/chat/completions", []byte(ask))
			switch {
			case err == nil && got.Status == http.StatusOK:
				good.Add(1)
			case err == nil && got.Status == http.StatusTooManyRequests && got.Error.Code == "pass_used_up" &&
				got.Error.Message != "" && got.Header.Get("X-Should-Retry") == "false" && got.Header.Get("Retry-After") == "":
				refused.Add(1)
			default:
				t.Errorf("a request gets %+v, %v", got, err)
			}
		})
	}
	all.Wait()
	if good.Load() != allowed-4 || len(server.heard()) != allowed {
		t.Errorf("of %d at once %d came through and %d were refused; the server heard %d in all", 3*allowed, good.Load(), refused.Load(), len(server.heard()))
	}
	b.kill()
	b = startBeamIn(t, state, "--server", server.URL)
	one(http.StatusTooManyRequests)
	if g := b.device(t, added.ID).Guest; g == nil || g.Left != 0 {
		t.Errorf("beam devices tells of %+v", g)
	}
}

// TestGuestTime lets a pass come to its end while its guest listens to an answer and holds a
// WebSocket: both end then, in words, and nothing works any more, also after a restart.
func TestGuestTime(t *testing.T) {
	server := serveFake(t, func(w http.ResponseWriter, r *http.Request) {
		events(w)
		babble(w, r, chunk("la "))
	}, guestModel)
	talker := serveRealtime(t)
	state := filepath.Join(t.TempDir(), "state")
	b := startBeamIn(t, state, "--server", server.URL, "--server", talker.URL)
	slowdown := watchSlowdown(t)
	began := time.Now()
	_, answer, socket := b.beGuest(t, time.Hour)
	lasts := max(6*time.Second, 8*time.Since(began).Round(time.Second)) // or the pass is over before all of that is there
	_ = answer.resp.Body.Close()
	_ = socket.CloseNow()
	added, answer, socket := b.beGuest(t, lasts)
	if added.Guest == nil || added.Guest.Until.IsZero() {
		t.Fatalf("beam devices add prints %+v", added)
	}

	last := tail(answer.rest(), 1)[0]
	over := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, _, err := socket.Read(ctx)
	t.Logf("the answer ended %s after the pass, the WebSocket %s: %v",
		over.Sub(added.Guest.Until).Round(time.Millisecond), time.Since(added.Guest.Until).Round(time.Millisecond), err)
	if ctx.Err() != nil {
		t.Error("the WebSocket did not end")
	}
	if over.Before(added.Guest.Until) {
		t.Errorf("the answer ended at %s, the pass at %s", over, added.Guest.Until)
	}
	assertPromise(t, over.Sub(added.Guest.Until), time.Second, slowdown())
	if !strings.Contains(last, `"pass_ended"`) || !strings.Contains(last, `"message"`) {
		t.Errorf("the answer ends with %s", last)
	}
	guest := newHandset(t)
	guest.key = added.Key
	for range 2 {
		for _, path := range []string{"/v1/models", "/device", "/api/tags", "/apps"} {
			if got := guest.get(t, b.url+path); got.Status != http.StatusUnauthorized {
				t.Errorf("%s gets %+v", path, got)
			}
		}
		got := guest.chatWith(t, b.url, "/v1/chat/completions", ask)
		if got.Status != http.StatusUnauthorized || got.Error.Code != "pass_ended" || got.Error.Message == "" {
			t.Errorf("a chat gets %+v", got)
		}
		b.kill()
		b = startBeamIn(t, state, "--server", server.URL)
	}
}

// beGuest makes a guest for so long, who has begun to listen to an answer and opened a WebSocket.
func (b *beam) beGuest(t *testing.T, lasts time.Duration) (added pairedDevice, answer *stream, socket *websocket.Conn) {
	t.Helper()
	added = b.addDevice(t, "guest", "--guest", lasts.String())
	answer = chat(t, b.url, added.Key, guestModel)
	answer.next(t, 10)
	return added, answer, dial(t, b.url+"/v1/realtime?model="+realtimeModel, added.Key)
}

func dial(t *testing.T, url, key string) *websocket.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, strings.Replace(url, "http", "ws", 1), &websocket.DialOptions{
		Subprotocols: []string{"realtime", "openai-insecure-api-key." + key},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

// TestGuestWebSocket has guests open a WebSocket, which is for passes that only end: nobody could tell
// which of its messages asks for an answer, or of which model.
func TestGuestWebSocket(t *testing.T) {
	talker, other := serveRealtime(t), serveWitness(t)
	b := startBeam(t, "--server", talker.URL, "--server", other.URL)
	fewer := b.addDevice(t, "few requests", "--guest-requests", "1").Key
	narrow := b.addDevice(t, "one model", "--guest-models", guestModel).Key

	today := b.addDevice(t, "some hours", "--guest", "3h").Key

	_ = dial(t, b.url+"/v1/realtime?model="+realtimeModel, today).Close(websocket.StatusNormalClosure, "")
	for _, tt := range []struct {
		query, key string
		status     int
	}{
		{"?model=" + realtimeModel, fewer, http.StatusForbidden},
		{"?model=" + realtimeModel, narrow, http.StatusForbidden},
		{"?model=" + guestModel + "&model=" + realtimeModel, narrow, 0},
		{"?model=" + realtimeModel + "&model=" + guestModel, narrow, 0},
		{"?MODEL=" + realtimeModel, narrow, http.StatusForbidden},
		{"", narrow, http.StatusForbidden},
	} {
		conn, resp, err := websocket.Dial(t.Context(), strings.Replace(b.url, "http", "ws", 1)+"/v1/realtime"+tt.query,
			&websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + tt.key}}})
		switch {
		case err == nil:
			_ = conn.CloseNow()
			t.Errorf("%q is let in", tt.query)
		case tt.status != 0 && (resp == nil || resp.StatusCode != tt.status):
			t.Errorf("%q is refused with %v, want %d", tt.query, err, tt.status)
		}
	}
	for _, asked := range other.heard() {
		if strings.Contains(asked, realtimeModel) {
			t.Errorf("the other server was asked %s", asked)
		}
	}
}

// TestGuestCode has a phone use a code that makes guests: it is told its limits, the list shows
// it as a guest, and the limits are there after a restart, when codes are for everybody again.
func TestGuestCode(t *testing.T) {
	server := serveWitness(t)
	state := filepath.Join(t.TempDir(), "state")
	b := startBeamIn(t, state, "--server", server.URL, "--guest", "3h", "--guest-models", guestModel, "--guest-requests", "5")
	phone := newHandset(t)
	got := phone.mustPair(t, b, "guest")
	if g := got.Guest; g == nil || g.Left != 5 || g.Requests != 5 || len(g.Models) != 1 || time.Until(g.Until).Round(time.Hour) != 3*time.Hour {
		t.Errorf("the phone is told of %+v", g)
	}
	if len(got.Models) != 1 || got.Models[0] != guestModel {
		t.Errorf("the phone is told of the models %q", got.Models)
	}
	if got := phone.chatWith(t, b.url, "/v1/chat/completions", ask); got.Status != http.StatusOK {
		t.Errorf("a chat gets %+v", got)
	}
	b.kill()
	b = startBeamIn(t, state, "--server", server.URL)
	if g := b.device(t, got.Device.ID).Guest; g == nil || g.Left != 4 || len(g.Models) != 1 || g.Until.IsZero() {
		t.Errorf("after a restart the list has %+v", g)
	}
	// A code for everybody gives the same phone everything.
	if again := phone.mustPair(t, b, "guest"); again.Device.ID != got.Device.ID || again.Guest != nil || len(again.Models) != 2 {
		t.Errorf("with a code for everybody the phone gets %+v", again)
	}
}
