package llm

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// startShowing starts an Ollama whose models are named after what "POST /api/show" answers for them.
func startShowing(t *testing.T, shown *atomic.Int32, shows map[string]string) *url.URL {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "Ollama is running") })
	mux.HandleFunc("GET /api/version", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"version":"0.9.0"}`) })
	mux.HandleFunc("GET /api/tags", func(w http.ResponseWriter, _ *http.Request) {
		var models []string
		for name := range shows {
			models = append(models, fmt.Sprintf(`{"name":%q,"digest":"d-%s","modified_at":"2026-01-02T03:04:05+08:00"}`, name, name))
		}
		fmt.Fprintf(w, `{"models":[%s]}`, strings.Join(models, ","))
	})
	mux.HandleFunc("GET /api/ps", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"models":[{"name":"sees"}]}`) })
	mux.HandleFunc("POST /api/show", func(w http.ResponseWriter, r *http.Request) {
		shown.Add(1)
		question, _ := io.ReadAll(r.Body)
		for name, show := range shows {
			if strings.Contains(string(question), `"`+name+`"`) {
				fmt.Fprint(w, show)
			}
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestOllamaTellsAbilities(t *testing.T) {
	var shown atomic.Int32
	base := startShowing(t, &shown, map[string]string{
		"sees":    `{"capabilities":["completion","vision"],"model_info":{"llama.context_length":8192}}`,
		"acts":    `{"capabilities":["completion","tools","thinking"]}`,
		"vectors": `{"capabilities":["embedding"]}`,
		"old":     `{"template":"{{ .Tools }}","projector_info":{"clip.has_vision_encoder":true}}`,
		"gemma3":  `{"template":"","model_info":{"gemma3.vision.block_count":27,"gemma3.context_length":131072}}`,
		"none":    `{"capabilities":[]}`,
		"broken":  `nonsense`,
	})
	want := map[string]Model{
		"sees":    {ID: "sees", Abilities: Abilities{Known: true, Vision: true}, Context: 8192, Loaded: true},
		"acts":    {ID: "acts", Abilities: Abilities{Known: true, Tools: true, Reasoning: true}},
		"vectors": {ID: "vectors", Abilities: Abilities{Known: true, Embedding: true}},
		"old":     {ID: "old", Abilities: Abilities{Known: true, Vision: true, Tools: true}},
		"gemma3":  {ID: "gemma3", Abilities: Abilities{Known: true, Vision: true}, Context: 131072},
		"none":    {ID: "none", Abilities: Abilities{Known: true}},
		"broken":  {ID: "broken"},
	}
	follower := NewFollower(base)
	first := mustLook(t, follower)
	again := mustLook(t, follower)
	for _, s := range []Server{first, again} {
		for _, m := range s.Models {
			w := want[m.ID]
			m.Digest, m.Modified = "", w.Modified
			if !m.equal(w) {
				t.Errorf("got %+v, want %+v", m, w)
			}
		}
	}
	if len(first.Models) != len(want) {
		t.Errorf("%d models, want %d", len(first.Models), len(want))
	}
	if n := shown.Load(); n != 8 { // each once, and the broken one again
		t.Errorf("asked %d times what a model can do, want 8", n)
	}
}

func TestManyOllamaModelsAreShownBitByBit(t *testing.T) {
	var shown atomic.Int32
	shows := make(map[string]string)
	for i := range 2*maxShown + 1 {
		shows[fmt.Sprint("m", i)] = `{"capabilities":["vision"]}`
	}
	base := startShowing(t, &shown, shows)
	follower := NewFollower(base)
	for _, want := range []int{maxShown, 2 * maxShown, 2*maxShown + 1, 2*maxShown + 1} {
		s := mustLook(t, follower)
		seeing := 0
		for _, m := range s.Models {
			if m.Abilities.Vision {
				seeing++
			}
		}
		if seeing != want || int(shown.Load()) != want {
			t.Errorf("%d models are known, asked %d times; want %d", seeing, shown.Load(), want)
		}
	}
}

// One that hangs costs one timeout, however many models it has.
func TestOllamaThatDoesNotTellIsAskedOnce(t *testing.T) {
	t.Parallel() // it waits
	var shown atomic.Int32
	f := startFake(t, "ollama")
	hangs := serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/show" {
			shown.Add(1)
			_, _ = io.Copy(io.Discard, r.Body) // only then is it noticed that the asker goes
			<-r.Context().Done()
			return
		}
		f.ServeHTTP(w, r)
	}), "127.0.0.1:0")
	base, err := url.Parse(hangs.URL)
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{client: newClient(probePatience), base: base, patience: 2 * time.Second}
	models, err := listOllama(t.Context(), v, nil)
	if err != nil || len(models) != 2 || models[0].Abilities.Known || shown.Load() != 1 {
		t.Errorf("asked %d times: %+v, %v", shown.Load(), models, err)
	}
}

// Newer releases say it in the list already.
func TestOllamaListsAbilities(t *testing.T) {
	list, err := ollamaList(answer{status: http.StatusOK, body: []byte(`{"models":[
		{"name":"gemma3:4b","capabilities":["completion","vision"]},
		{"name":"vectors","capabilities":["embedding"]},
		{"name":"older"}
	]}`)})
	want := []Model{
		{ID: "gemma3:4b", Abilities: Abilities{Known: true, Vision: true}}, {ID: "vectors", Abilities: Abilities{Known: true, Embedding: true}}, {ID: "older"},
	}
	if err != nil || len(list) != len(want) {
		t.Fatalf("%+v, %v", list, err)
	}
	for i, m := range list {
		if !m.model().equal(want[i]) {
			t.Errorf("%+v, want %+v", m.model(), want[i])
		}
	}
}

// A list of a hundred thousand fits into what is read of a list.
func TestEndlessListsAreCut(t *testing.T) {
	ollama := `{"models":[` + strings.Repeat(`{"name":"m"},`, 5*maxModels) + `{"name":"m"}]}`
	if list, err := ollamaList(answer{status: http.StatusOK, body: []byte(ollama)}); err != nil || len(list) != maxModels {
		t.Errorf("%d models of Ollama's, %v", len(list), err)
	}
	openAI := `{"object":"list","data":[` + strings.Repeat(`{"id":"m"},`, 5*maxModels) + `{"id":"m"}]}`
	if list, err := decodeOpenAI(answer{status: http.StatusOK, body: []byte(openAI)}); err != nil || len(list) != maxModels {
		t.Errorf("%d models, %v", len(list), err)
	}
}

// TestOllamaListsOfNulls holds that what has no name is no model, and that what a model is made of is
// taken as it is told.
func TestOllamaListsOfNulls(t *testing.T) {
	const body = `{"models":[null,{"name":""},{"name":"llava:7b","details":{"parent_model":"base","format":"gguf","families":["llama","clip"]}},
		{"name":"bare","details":null},{"name":"null","details":{"families":null}}]}`
	list, err := ollamaList(answer{status: http.StatusOK, body: []byte(body)})
	if err != nil || len(list) != 3 {
		t.Fatalf("%d models, %v", len(list), err)
	}
	if m := list[0].model(); m.Families != "llama clip" || m.Format != "gguf" || m.Parent != "base" {
		t.Errorf("got %+v", m)
	}
	for _, m := range list[1:] {
		if m := m.model(); m.Families != "" || m.Format != "" {
			t.Errorf("got %+v", m)
		}
	}
}

// TestNoSuchPage: a server without Ollama's page about a model is asked for it once for each model.
func TestNoSuchPage(t *testing.T) {
	var shown atomic.Int32
	f := startFake(t, "ollama")
	server := serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/show" {
			shown.Add(1)
			http.NotFound(w, r)
			return
		}
		f.ServeHTTP(w, r)
	}), "127.0.0.1:0")
	follower := NewFollower(mustParse(t, server.URL))
	for range 3 {
		if s := mustLook(t, follower); len(s.Models) != 2 || s.Models[0].Abilities.Known {
			t.Errorf("it has %+v", s.Models)
		}
	}
	if n := shown.Load(); n != 2 {
		t.Errorf("asked %d times about 2 models", n)
	}
}

// TestChangedEntriesAreAskedAboutAgain: also those of a long list for which there is no room in the visit
// that sees the change.
func TestChangedEntriesAreAskedAboutAgain(t *testing.T) {
	const many = 2 * maxShown
	var shown, size atomic.Int32
	server := serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			_, _ = io.WriteString(w, "Ollama is running")
		case "/api/tags":
			entries := make([]string, many)
			for i := range entries {
				entries[i] = fmt.Sprintf(`{"name":"m%d","digest":"d%d","size":%d}`, i, i, size.Load())
			}
			_, _ = fmt.Fprintf(w, `{"models":[%s]}`, strings.Join(entries, ","))
		case "/api/show":
			shown.Add(1)
			_, _ = io.WriteString(w, `{"capabilities":["tools"]}`)
		default:
			http.NotFound(w, r)
		}
	}), "127.0.0.1:0")
	follower := NewFollower(mustParse(t, server.URL))
	for round := range int32(2) {
		size.Store(round)
		for range 4 {
			mustLook(t, follower)
		}
		if got, want := shown.Load(), (round+1)*many; got != want {
			t.Errorf("after round %d it was asked %d times, want %d", round, got, want)
		}
	}
}
