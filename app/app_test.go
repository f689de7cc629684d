package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"modelbeam/app/devices"
	"modelbeam/app/settings"
	"modelbeam/app/store"
	"modelbeam/cmd/e2e/await"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a running Controller and what it has told so far.
type rig struct {
	*Controller
	t      *testing.T
	client *http.Client
	stop   func()

	mu     sync.Mutex
	events []Event
}

// start runs a Controller on loopback with o until the test ends.
func start(t *testing.T, o Options) *rig {
	t.Helper()
	return startLogging(t, o, slog.New(slog.DiscardHandler))
}

// startLogging is start with a log.
func startLogging(t *testing.T, o Options, log *slog.Logger) *rig {
	t.Helper()
	if o.StateDir == "" {
		o.StateDir = t.TempDir()
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	o.NoScan, o.NoMDNS = true, true
	c := New(o, log)
	r := &rig{Controller: c, t: t, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	stopEvents := c.Events(func(e Event) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.events = append(r.events, e)
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.Run(ctx)
	}()
	r.stop = sync.OnceFunc(func() {
		cancel()
		<-ended
		stopEvents()
	})
	t.Cleanup(r.stop)
	return r
}

// await waits until a State is as it should be, and returns it.
func (r *rig) await(what string, ok func(State) bool) State {
	r.t.Helper()
	return await.Get(r.t, what, r.State, ok)
}

func (r *rig) awaitEvent(name string, ok func(Event) bool) (got Event) {
	r.t.Helper()
	await.True(r.t, name, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		i := slices.IndexFunc(r.events, func(e Event) bool { return e.Event == name && ok(e) })
		if i >= 0 {
			got = r.events[i]
		}
		return i >= 0
	})
	return got
}

func sharing(s State) bool { return s.Phase == Sharing && s.Pairing.Code != "" }

func isAction(action string) func(Event) bool {
	return func(e Event) bool { return e.Detail.(DeviceEvent).Action == action }
}

// do sends a request to the gateway and returns status and body.
func (r *rig) do(method, path, key, body string) (int, string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, "http://"+r.State().Listen+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := r.client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, string(data)
}

// pairPhone pairs a phone with the code of the State and returns its key.
func (r *rig) pairPhone(name string) string {
	r.t.Helper()
	r.ShowCode(true)
	s := r.await("a code", sharing)
	status, body := r.do("POST", "/pair", "", fmt.Sprintf(`{"code":%q,"device":{"name":%q}}`, s.Pairing.Code, name))
	var got struct{ Key string }
	if err := json.Unmarshal([]byte(body), &got); err != nil || got.Key == "" {
		r.t.Fatalf("pair: %d %s", status, body)
	}
	return got.Key
}

// fakeServer is a generic OpenAI-compatible server with one model. It streams one chunk for
// every value sent on more, and ends when more is closed.
type fakeServer struct {
	*httptest.Server
	more chan struct{}
	asks atomic.Int32 // chats that arrived
	cut  atomic.Int32 // chats whose client went away
}

func newFakeServer(t *testing.T, model string) *fakeServer {
	t.Helper()
	f := &fakeServer{more: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"object":"list","data":[{"id":%q,"object":"model","owned_by":"test"}]}`, model)
	})
	mux.HandleFunc("POST /v1/chat/completions", f.chat)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeServer) chat(w http.ResponseWriter, r *http.Request) {
	f.asks.Add(1)
	w.Header().Set("Content-Type", "text/event-stream")
	for {
		fmt.Fprint(w, `data: {"choices":[{"index":0,"delta":{"content":"x"}}]}`, "\n\n")
		_ = http.NewResponseController(w).Flush()
		select {
		case _, ok := <-f.more:
			if !ok {
				fmt.Fprint(w, "data: [DONE]\n\n")
				return
			}
		case <-r.Context().Done():
			f.cut.Add(1)
			return
		}
	}
}

func (f *fakeServer) url(t *testing.T) *url.URL {
	t.Helper()
	u, err := url.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

const chatBody = `{"model":"tiny","stream":true,"messages":[{"role":"user","content":"hi"}]}`

func TestScanChatRemove(t *testing.T) {
	f := newFakeServer(t, "tiny")
	r := start(t, Options{Servers: []*url.URL{f.url(t)}, Demo: "auto"})
	r.ShowCode(true)

	ready := r.awaitEvent("ready", func(Event) bool { return true }).Detail.(Ready)
	if ready.PairURL != ready.URLs[0]+"/#c="+ready.Code || !strings.HasPrefix(ready.PairURL, "http://127.0.0.1:") {
		t.Errorf("ready says %+v", ready)
	}
	key := r.pairPhone("Anna's iPhone")
	s := r.await("the phone is named", func(s State) bool { return s.JustPaired == "Anna's iPhone" })
	if s.Devices[0].Name != "Anna's iPhone" {
		t.Errorf("devices %+v", s.Devices)
	}
	r.await("a new code after use", func(s State) bool { return s.Pairing.Code != "" && s.Pairing.Code != ready.Code })

	if status, body := r.do("GET", "/v1/models", key, ""); status != 200 || !strings.Contains(body, `"tiny"`) || strings.Contains(body, "demo") {
		t.Errorf("models: %d %s", status, body)
	}
	ended := make(chan string)
	go func() {
		_, body := r.do("POST", "/v1/chat/completions", key, chatBody)
		ended <- body
	}()
	r.await("the phone is being answered", func(s State) bool { return len(s.Devices) == 1 && s.Devices[0].Active == 1 })
	await.True(t, "the server is asked", func() bool { return f.asks.Load() == 1 }) // which is a little later
	r.RemoveDevice(s.Devices[0].ID)
	if body := <-ended; !strings.Contains(body, "error") {
		t.Errorf("the stream of a removed phone ended with %q", body)
	}
	await.True(t, "the server stops working for it", func() bool { return f.cut.Load() == 1 })
	if status, body := r.do("GET", "/v1/models", key, ""); status != 401 {
		t.Errorf("the key of a removed phone: %d %s", status, body)
	}
	r.awaitEvent("device", isAction("paired"))
	r.awaitEvent("device", isAction("removed"))
	e := r.awaitEvent("request", func(e Event) bool { return e.Detail.(RequestEvent).Path == "/v1/chat/completions" })
	if got := e.Detail.(RequestEvent); got.Model != "tiny" || got.Device != s.Devices[0].ID || got.Server == "" {
		t.Errorf("request event %+v", got)
	}
}

func TestAnotherProcessAddsAndRemoves(t *testing.T) {
	f := newFakeServer(t, "tiny")
	dir := t.TempDir()
	r := start(t, Options{StateDir: dir, Servers: []*url.URL{f.url(t)}, Demo: "off"})
	r.await("open", func(s State) bool { return s.Phase == Sharing })
	other, err := devices.Open(DevicesPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	d, key, err := other.Add("script", nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, body := r.do("GET", "/v1/models", key, ""); status != 200 {
		t.Fatalf("a key that was just added: %d %s", status, body)
	}
	go func() {
		await.True(t, "the chat runs", func() bool { return f.asks.Load() == 1 })
		if _, err := other.Remove(d.ID); err != nil {
			t.Error(err)
		}
	}()
	if _, body := r.do("POST", "/v1/chat/completions", key, chatBody); !strings.Contains(body, "error") {
		t.Errorf("the stream ended with %q", body)
	}
}

func TestGarbageIsSetAsideAndTold(t *testing.T) {
	for _, tt := range []struct {
		file string
		kind ProblemKind
	}{
		{"settings.json", ProblemSettingsReset},
		{"devices.json", ProblemDevicesReset},
	} {
		t.Run(tt.file, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, tt.file), []byte("{gar\x00bage"), 0o600); err != nil {
				t.Fatal(err)
			}
			r := start(t, Options{StateDir: dir, Demo: "on"})
			s := r.await("sharing all the same", func(s State) bool { return s.Phase == Sharing })
			if s.Problem == nil || s.Problem.Kind != tt.kind || !strings.Contains(s.Problem.Sentence(), tt.file+".broken") {
				t.Errorf("told %+v", s.Problem)
			}
			r.awaitEvent("problem", func(e Event) bool { return e.Detail.(*Problem).Kind == tt.kind })
			r.Retry()
			r.await("the person has read it", func(s State) bool { return s.Problem == nil })
		})
	}
}

func TestPortTaken(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	r := start(t, Options{Listen: other.Addr().String(), Demo: "on"})
	s := r.await("told", func(s State) bool { return s.Phase == Failed && s.Problem != nil })
	_, port, _ := net.SplitHostPort(other.Addr().String())
	if s.Problem.Kind != ProblemPortTaken || !strings.Contains(s.Problem.Sentence(), port) || s.Problem.Action == "" {
		t.Errorf("told %+v", s.Problem)
	}
	r.Retry()
	s = r.await("another port", func(s State) bool { return s.Phase == Sharing })
	if s.Listen == other.Addr().String() || s.Problem != nil {
		t.Errorf("listens on %s with problem %+v", s.Listen, s.Problem)
	}
}

func TestPause(t *testing.T) {
	f := newFakeServer(t, "tiny")
	r := start(t, Options{Servers: []*url.URL{f.url(t)}, Demo: "off"})
	key := r.pairPhone("x")
	r.Pause()
	s := r.await("paused", func(s State) bool { return s.Phase == Paused && s.Pairing.Code == "" })
	if len(s.URLs) == 0 {
		t.Error("no address while paused")
	}
	if status, body := r.do("GET", "/v1/models", key, ""); status != 503 {
		t.Errorf("while paused: %d %s", status, body)
	}
	r.Resume()
	r.await("sharing again, with a code", sharing)
	if status, _ := r.do("GET", "/v1/models", key, ""); status != 200 {
		t.Errorf("after Resume: %d", status)
	}
}

func TestDemoGivesWay(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u := &url.URL{Scheme: "http", Host: l.Addr().String()}
	_ = l.Close() // nobody there yet
	r := start(t, Options{Servers: []*url.URL{u}, Demo: "auto"})
	key := r.pairPhone("x")
	r.await("the demo", func(s State) bool { return s.Phase == Sharing && s.Servers[len(s.Servers)-1].Demo() })
	if status, body := r.do("GET", "/v1/models", key, ""); status != 200 || !strings.Contains(body, "modelbeam-demo") {
		t.Errorf("models: %d %s", status, body)
	}

	server := &http.Server{Handler: newFakeServer(t, "tiny").Config.Handler}
	if l, err = net.Listen("tcp", u.Host); err != nil {
		t.Skipf("somebody took the port: %v", err)
	}
	go server.Serve(l)
	defer server.Close()
	r.await("the real server instead", func(s State) bool {
		return len(s.Servers) == 1 && s.Servers[0].Online && s.Problem == nil
	})
	if _, body := r.do("GET", "/v1/models", key, ""); strings.Contains(body, "modelbeam-demo") {
		t.Errorf("the demo is still there: %s", body)
	}
	server.Close()
	s := r.await("the demo again", func(s State) bool { return len(s.Servers) == 2 })
	if s.Servers[0].Online || s.Problem == nil || s.Problem.Kind != ProblemNoAnswer {
		t.Errorf("servers %+v, problem %+v", s.Servers, s.Problem)
	}
}

func TestCodeOnlyWhileSomebodyLooks(t *testing.T) {
	r := start(t, Options{Demo: "on"})
	s := r.await("sharing", func(s State) bool { return s.Phase == Sharing })
	if s.Pairing.Code != "" {
		t.Error("a code that nobody can see")
	}
	r.ShowCode(true)
	code := r.await("a code", sharing).Pairing.Code
	r.ShowCode(false)
	r.await("no code", func(s State) bool { return s.Pairing.Code == "" })
	if status, body := r.do("POST", "/pair", "", fmt.Sprintf(`{"code":%q,"device":{"name":"x"}}`, code)); status != 410 {
		t.Errorf("a code that was taken back: %d %s", status, body)
	}
}

func TestAdvertise(t *testing.T) {
	r := start(t, Options{Demo: "on", Advertise: "laptop.example:80"})
	r.ShowCode(true)
	s := r.await("sharing", sharing)
	if want := "http://laptop.example:80/#c=" + s.Pairing.Code; s.Pairing.URL != want {
		t.Errorf("QR code %q, want %q", s.Pairing.URL, want)
	}
}

func TestOnlyNamedOrigins(t *testing.T) {
	dir := t.TempDir()
	saveSettings(t, dir, func(s *settings.Settings) { s.Origins = []string{"https://chat.example.net"} })
	r := start(t, Options{StateDir: dir, Demo: "on", Origins: []string{"https://*.example.org"}})
	r.await("sharing", func(s State) bool { return s.Phase == Sharing })
	for origin, want := range map[string]string{
		"https://a.example.org":          "https://a.example.org",
		"https://chat.example.net":       "https://chat.example.net",
		"https://example.org.evil.net":   "",
		"https://a.example.org.evil.net": "",
		"null":                           "",
	} {
		req, err := http.NewRequestWithContext(t.Context(), "OPTIONS", "http://"+r.State().Listen+"/v1/models", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", origin)
		req.Header.Set("Access-Control-Request-Method", "GET")
		res, err := r.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := res.Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("origin %s: allowed %q, want %q", origin, got, want)
		}
	}
}

func TestWriteEvents(t *testing.T) {
	var buf lockedBuffer
	r := start(t, Options{Demo: "on"})
	stop := WriteEvents(r, &buf)
	r.ShowCode(true)
	await.True(t, "a state line", func() bool { return strings.Contains(buf.String(), `"event":"state"`) })
	key := r.pairPhone("x")
	r.do("GET", "/v1/models", key, "")
	await.True(t, "a request line", func() bool { return strings.Contains(buf.String(), `"event":"request"`) })
	stop()
	lines := bufio.NewScanner(strings.NewReader(buf.String()))
	first := true
	for lines.Scan() {
		var e struct {
			Event, Phase, Listen string
			Time                 time.Time
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Time.IsZero() {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		if first && e.Event != "ready" {
			t.Errorf("the first line is %s", lines.Text())
		}
		if e.Event == "state" && (e.Phase == "" || e.Listen == "") {
			t.Errorf("no snapshot in %s", lines.Text())
		}
		first = false
	}
	if strings.Contains(buf.String(), key) {
		t.Error("an event holds a key")
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// saveSettings writes settings into a state folder that nothing uses yet.
func saveSettings(t *testing.T, dir string, edit func(*settings.Settings)) {
	t.Helper()
	s, err := settings.Open(dir, store.Save)
	if err != nil {
		t.Fatal(err)
	}
	s.Change(edit)
	if _, err := s.Flush(); err != nil {
		t.Fatal(err)
	}
}

// readSettings reads what a state folder remembers.
func readSettings(dir string) (settings.Settings, error) {
	s, err := settings.Open(dir, store.Save)
	return s.Get(), err
}
