package llm

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/sockets"
)

func TestAbilitiesInLists(t *testing.T) {
	for _, tt := range []struct {
		name, entry string
		want        Model
	}{
		{"nothing", `{}`, Model{}},
		{"its name", `{"id":"nomic-embed-text"}`, Model{ID: "nomic-embed-text", Abilities: Abilities{Embedding: true}}},
		{"tools alone", `{"capabilities":["tool_use"]}`, Model{Abilities: Abilities{Tools: true}}},
		{
			"OpenRouter", `{"architecture":{"input_modalities":["text","image"]},"supported_parameters":["tools","reasoning"]}`,
			Model{Abilities: Abilities{Known: true, Vision: true, Tools: true, Reasoning: true}},
		},
		{"OpenRouter, of text", `{"architecture":{"input_modalities":["text"]}}`, Model{Abilities: Abilities{Known: true}}},
		{
			"flags", `{"capabilities":{"vision":true,"function_calling":false,"reasoning":{"default":"on"}}}`,
			Model{Abilities: Abilities{Known: true, Vision: true, Reasoning: true}},
		},
		{"LocalAI's painter", `{"capabilities":["image"]}`, Model{}},
		{"Lemonade's embeddings", `{"labels":["embeddings"]}`, Model{Abilities: Abilities{Known: true, Embedding: true}}},
		{"Xinference's embeddings", `{"model_type":"embedding"}`, Model{Abilities: Abilities{Known: true, Embedding: true}}},
		{"exo's own model", `{"capabilities":[]}`, Model{}},
		{
			"another meaning",
			`{"architecture":"llama","capabilities":"all","labels":{},"type":7,"meta":[],"status":"ready","max_model_len":"4096"}`,
			Model{},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.want.ID == "" {
				tt.want.ID = "m"
			}
			body := `{"object":"list","data":[{"id":"m",` + tt.entry[1:] + `]}`
			if tt.entry == `{}` {
				body = `{"object":"list","data":[{"id":"m"}]}`
			}
			list, err := decodeOpenAI(answer{status: http.StatusOK, body: []byte(body)})
			if err != nil || len(list) != 1 || !list[0].model().equal(tt.want) {
				t.Errorf("%s: %+v, %v; want %+v", body, list, err, tt.want)
			}
		})
	}
}

// counting counts what a fake is asked for.
type counting struct {
	*fake
	mu    sync.Mutex
	count map[string]int
	lost  string // a path at which it hangs up
	until int    // so many times
}

func startCounting(t *testing.T, name string) (*counting, *url.URL) {
	t.Helper()
	f, err := readFake(name)
	if err != nil {
		t.Fatal(err)
	}
	c := &counting{fake: f, count: make(map[string]int)}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return c, base
}

func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.count[r.URL.Path]++
	lost := r.URL.Path == c.lost && c.count[r.URL.Path] <= c.until
	c.mu.Unlock()
	if lost {
		panic(http.ErrAbortHandler)
	}
	c.fake.ServeHTTP(w, r)
}

func (c *counting) asked(path string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count[path]
}

// mustLook looks once more at a server that is followed.
func mustLook(t *testing.T, f *Follower) Server {
	t.Helper()
	s, err := f.Look(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDetailsAreAskedForOnce(t *testing.T) {
	for _, tt := range []struct{ file, owner, path string }{
		{"lmstudio", "", "/api/v0/models"},
		{"llamacpp", "llamacpp", "/props"},
		{"sglang", "sglang", "/model_info"},
		{"localai", "", "/v1/models/capabilities"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			f, base := startCounting(t, tt.file)
			follower := NewFollower(base)
			s := mustLook(t, follower)
			again := mustLook(t, follower)
			if n := f.asked(tt.path); n != 1 || !again.equal(s) || !s.Models[0].Abilities.Known {
				t.Errorf("asked %d times for %s: %+v, then %+v", n, tt.path, s.Models, again.Models)
			}
			f.set(func() {
				list := `{"object":"list","data":[{"id":"new","object":"model","owned_by":"` + tt.owner + `"}]}`
				f.answers["/v1/models"] = fakeAnswer{Header: f.answers["/v1/models"].Header, Body: json.RawMessage(list)}
			})
			changed := mustLook(t, follower)
			if n := f.asked(tt.path); n != 2 || len(changed.Models) != 1 || changed.Models[0].ID != "new" {
				t.Errorf("after a change asked %d times for %s: %+v", n, tt.path, changed.Models)
			}
		})
	}
}

func TestDetailsThatDidNotComeAreAskedForAgain(t *testing.T) {
	f, base := startCounting(t, "llamacpp")
	f.lost, f.until = "/props", 2
	follower := NewFollower(base)
	s := mustLook(t, follower)
	if len(s.Models) != 1 || s.Models[0].Abilities.Known {
		t.Errorf("without an answer: %+v", s.Models)
	}
	for range 3 {
		s = mustLook(t, follower)
	}
	if n := f.asked("/props"); n != 3 || !s.Models[0].Abilities.Known || !s.Models[0].Abilities.Vision {
		t.Errorf("asked %d times, want 3: %+v", n, s.Models)
	}
	// Nor is what is known lost while another change meets a busy moment.
	f.set(func() { f.answers["/v1/models"] = grown(f.answers["/v1/models"]) })
	f.lost, f.until = "/props", 4
	if s = mustLook(t, follower); !s.Models[0].Abilities.Vision {
		t.Errorf("it was forgotten: %+v", s.Models)
	}
}

// grown is the same list with a model of another size.
func grown(a fakeAnswer) fakeAnswer {
	a.Body = slices.Concat(a.Body[:len(a.Body)-3], []byte(`,"max_model_len":1}]}`))
	return a
}

// Releases before 0.3.6 answer like this, with status 200, and show their user an error.
func TestOldLMStudioIsAskedForDetailsOnce(t *testing.T) {
	f, base := startCounting(t, "lmstudio")
	delete(f.answers, "/api/v0/models")
	follower := NewFollower(base)
	s := mustLook(t, follower)
	s = mustLook(t, follower)
	if n := f.asked("/api/v0/models"); n != 1 || len(s.Models) != 3 || s.Models[0].Abilities.Known {
		t.Errorf("asked %d times: %+v", n, s.Models)
	}
}

// The list of models of llama.cpp is open to all; everything else may want a key.
func TestLlamaCppWithKey(t *testing.T) {
	f := startFake(t, "llamacpp")
	guarded := serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/props" && r.Header.Get("Authorization") != "Bearer secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		f.ServeHTTP(w, r)
	}), "127.0.0.1:0")
	for key, needsKey := range map[string]bool{"": true, "wrong": true, "secret": false} {
		got, err := probe(t, guarded.URL, key)
		if err != nil || got.Kind != "llamacpp" || got.NeedsKey != needsKey || len(got.Models) != 1 || got.Models[0].Abilities.Known == needsKey {
			t.Errorf("with key %q: %+v, %v", key, got, err)
		}
	}
}

// A server that was started again, with other arguments or another version of it, may list the same.
func TestWatchAsksForDetailsAfterARestart(t *testing.T) {
	t.Parallel()
	f := startFake(t, "llamacpp")
	seen := make(chan sockets.Socket, 1)
	addr := netip.MustParseAddrPort(f.Listener.Addr().String())
	seen <- sockets.Socket{Addr: addr, ID: 1, PID: 1}
	s := at(map[string][]int{"llama.cpp": {f.port()}})
	s.replaced.sockets = func() ([]sockets.Socket, error) {
		now := <-seen
		seen <- now
		return []sockets.Socket{now}, nil
	}
	reports := follow(t, s)
	sees := func(want bool) func([]Server) bool {
		return func(s []Server) bool {
			return one("llama.cpp")(s) && s[0].Models[0].Abilities.Known && s[0].Models[0].Abilities.Vision == want
		}
	}
	await.Value(t, "a model that sees", reports, sees(true))
	f.set(func() {
		blind := fakeAnswer{Header: map[string]string{"Server": "llama.cpp"}, Body: json.RawMessage(`{"modalities":{"vision":false}}`)}
		f.answers["/props"] = blind
	})
	<-seen
	seen <- sockets.Socket{Addr: addr, ID: 2, PID: 1}
	await.Value(t, "a model that does not", reports, sees(false))
}
