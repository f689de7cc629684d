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
		"broken":  `nonsense`,
	})
	want := map[string]Model{
		"sees":    {Vision: true, Context: 8192, Loaded: true},
		"acts":    {Tools: true, Reasoning: true},
		"vectors": {Embedding: true},
		"old":     {Vision: true, Tools: true},
		"broken":  {},
	}
	first, err := Probe(t.Context(), base, "")
	if err != nil {
		t.Fatal(err)
	}
	again, err := ProbeAgain(t.Context(), base, "", first)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Server{first, again} {
		for _, m := range s.Models {
			w := want[m.ID]
			if m.Vision != w.Vision || m.Tools != w.Tools || m.Reasoning != w.Reasoning || m.Embedding != w.Embedding ||
				m.Context != w.Context || m.Loaded != w.Loaded {
				t.Errorf("%s: got %+v, want %+v", m.ID, m, w)
			}
		}
	}
	if len(first.Models) != len(want) {
		t.Errorf("%d models, want %d", len(first.Models), len(want))
	}
	if n := shown.Load(); n != 6 { // each once, and the broken one again
		t.Errorf("asked %d times what a model can do, want 6", n)
	}
}

func TestManyOllamaModelsAreShownBitByBit(t *testing.T) {
	var shown atomic.Int32
	shows := make(map[string]string)
	for i := range 2*maxShown + 1 {
		shows[fmt.Sprint("m", i)] = `{"capabilities":["vision"]}`
	}
	base := startShowing(t, &shown, shows)
	var s Server
	for _, want := range []int{maxShown, 2 * maxShown, 2*maxShown + 1, 2*maxShown + 1} {
		var err error
		if s, err = ProbeAgain(t.Context(), base, "", s); err != nil {
			t.Fatal(err)
		}
		seeing := 0
		for _, m := range s.Models {
			if m.Vision {
				seeing++
			}
		}
		if seeing != want || int(shown.Load()) != want {
			t.Errorf("%d models are known, asked %d times; want %d", seeing, shown.Load(), want)
		}
	}
}
